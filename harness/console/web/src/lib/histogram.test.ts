import { expect, test } from "vitest";
import { histogram } from "./histogram";

const line = (atS: number, level = "INFO") => ({
  timestamp: new Date(atS * 1000).toISOString(),
  level,
});

test("each line is counted once, in the bar of its time, by its severity", () => {
  const lines = [line(100), line(100.9, "ERROR"), line(101.2, "CRITICAL"), line(103, "WARNING")];
  const bars = histogram(lines, null);
  expect(bars.map((one) => [one.beginS, one.total])).toEqual([
    [100, 2],
    [101, 1],
    [102, 0],
    [103, 1],
  ]);
  expect(bars[0]?.counts).toEqual({ error: 1, warning: 0, other: 1 });
  expect(bars[3]?.counts).toEqual({ error: 0, warning: 1, other: 0 });
});

test("a long time has no more than about sixty bars, each as long as people count", () => {
  const bars = histogram([line(0), line(3600)], null);
  expect(bars).toHaveLength(61);
  expect(bars[0]).toMatchObject({ beginS: 0, endS: 60 });
});

test("a chosen range is drawn whole, and lines outside it are not in it", () => {
  const bars = histogram([line(5), line(50)], [10, 60]);
  expect(bars.at(0)?.beginS).toBe(10);
  expect(bars.reduce((sum, one) => sum + one.total, 0)).toBe(1);
});

test("no lines, or lines without a time, have no bars", () => {
  expect(histogram([], null)).toEqual([]);
  expect(histogram([{ timestamp: "yesterday", level: "INFO" }], null)).toEqual([]);
});
