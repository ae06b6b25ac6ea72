import { expect, test } from "vitest";
import { appended, inTime, prepended } from "./lines";

test("new lines come once each, and the oldest leave", () => {
  const lines = [{ seq: 1 }, { seq: 2 }];
  expect(appended(lines, [{ seq: 2 }, { seq: 3 }], 2)).toEqual([{ seq: 2 }, { seq: 3 }]);
  expect(appended(lines, [{ seq: 2 }], 9)).toBe(lines);
});

test("older lines come before the others, the nearest first to find room", () => {
  const lines = [{ seq: 5 }, { seq: 6 }];
  expect(prepended(lines, [{ seq: 3 }, { seq: 4 }, { seq: 5 }], 9).map((line) => line.seq)).toEqual(
    [3, 4, 5, 6],
  );
  expect(prepended(lines, [{ seq: 3 }, { seq: 4 }], 3).map((line) => line.seq)).toEqual([4, 5, 6]);
  expect(prepended(lines, [{ seq: 4 }], 2)).toBe(lines);
});

test("lines stand by their own time, not by when they came, and turn round when asked to", () => {
  const lines = [
    { seq: 1, timestamp: "2026-11-30T20:15:07.505Z" },
    { seq: 2, timestamp: "2026-11-30T20:15:07.296Z" },
    { seq: 3, timestamp: "2026-11-30T20:15:07.505Z" },
  ];
  expect(inTime(lines, false).map((one) => one.seq)).toEqual([2, 1, 3]);
  expect(inTime(lines, true).map((one) => one.seq)).toEqual([3, 1, 2]);
});
