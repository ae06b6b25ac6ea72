import { expect, test } from "vitest";
import type { DrillRecord } from "@/api/records";
import { playedOn, seenAt, shareOf } from "./playback";

const range = { begin_s: 100, end_s: 200 };
const record = (id: string, time: string) => ({ id, time }) as DrillRecord;

test("a second of playing is as many seconds of the drill as the speed says", () => {
  expect(playedOn(110, 1000, 1, range)).toBe(111);
  expect(playedOn(110, 500, 16, range)).toBe(118);
});

test("playing ends at the drill's end", () => {
  expect(playedOn(199, 1000, 4, range)).toBeNull();
});

test("at a moment nothing later is shown", () => {
  const records = [record("1", "1970-01-01T00:02:00Z"), record("2", "1970-01-01T00:03:00Z")];
  expect(seenAt(records, 150).map((one) => one.id)).toEqual(["1"]);
  expect(seenAt(records, null)).toBe(records);
});

test("a moment lies somewhere in the drill", () => {
  expect(shareOf(150, range)).toBe(0.5);
  expect(shareOf(900, range)).toBe(1);
  expect(shareOf(100, { begin_s: 100, end_s: 100 })).toBe(1);
});
