import { expect, test } from "vitest";
import { appended, isAtEnd, prepended, visible } from "./windowing";

test("of 10,000 rows only those on the screen are drawn, and the height stays", () => {
  const found = visible(10_000, 20, 100_000, 600);
  expect(found).toEqual({ from: 4992, to: 5038, above: 99_840, below: 99_240 });
  expect(found.above + found.below + (found.to - found.from) * 20).toBe(200_000);
});

test("the beginning, the end, an empty list and a scroll beyond it are in bounds", () => {
  expect(visible(5, 20, 0, 600)).toEqual({ from: 0, to: 5, above: 0, below: 0 });
  expect(visible(0, 20, 300, 600)).toEqual({ from: 0, to: 0, above: 0, below: 0 });
  const beyond = visible(10, 20, 9999, 100);
  expect([beyond.from, beyond.to]).toEqual([10, 10]);
});

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

test("whoever is near the end is kept there, whoever reads above is not", () => {
  expect(isAtEnd(380, 600, 1000)).toBe(true);
  expect(isAtEnd(100, 600, 1000)).toBe(false);
});
