import { expect, test } from "vitest";
import { momentOf, rangeError, typedOf } from "./range";

test("a moment goes into its box and comes back as the same second", () => {
  for (const moment of [0, 1_790_000_000, 1_790_086_399])
    expect(momentOf(typedOf(moment))).toBe(moment);
  expect(typedOf(1_790_000_000)).toMatch(/^2026-09-2\dT\d\d:\d\d:20$/);
});

test("a box without seconds is the whole minute, an empty one no moment", () => {
  expect(momentOf(typedOf(1_790_000_040).slice(0, 16))).toBe(1_790_000_040);
  expect(momentOf("")).toBeNull();
});

test("a range that ends before it begins, or is half given, is told so", () => {
  const [early, late] = [typedOf(1_790_000_000), typedOf(1_790_000_060)];
  expect(rangeError(early, late)).toBe("");
  expect(rangeError(late, early)).toContain("ends before");
  expect(rangeError(early, early)).toContain("ends before");
  expect(rangeError(early, "")).toContain("both");
});
