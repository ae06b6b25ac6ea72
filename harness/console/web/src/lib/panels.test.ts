// Whole panels are held against Grafana in charts/grafanaRules.test.ts.

import { expect, test } from "vitest";
import type { FieldConfig, Override } from "@/api/dashboards";
import { fieldOf, isMeant, textOf, toneOf } from "./panels";

const colored = (id: string, options: string, fixedColor: string): Override => ({
  matcher: { id, options },
  properties: [{ id: "color", value: { mode: "fixed", fixedColor } }],
});
const config = (options: string): FieldConfig => ({
  defaults: { unit: "s", thresholds: { steps: [] } },
  overrides: [colored("byRegexp", options, "red")],
});

test("an expression without slashes is the whole name, as in Grafana", () => {
  const matcher = (options: string) => ({ id: "byRegexp", options });
  expect(isMeant("charge failed", matcher("failed"))).toBe(false);
  expect(isMeant("charge failed", matcher("/failed$/"))).toBe(true);
  expect(isMeant("failed", { id: "byFrameRefID", options: "failed" })).toBe(false);
});

test("of two overrides of a name the last one counts", () => {
  const both = config("/^5/");
  both.overrides.push(colored("byName", "503", "dark-red"));
  expect(["500", "503", "200"].map((name) => fieldOf(both, name).color)).toEqual([
    "red",
    "dark-red",
    undefined,
  ]);
});

test("a word for a value counts before its unit and its threshold", () => {
  const field = {
    unit: "s",
    decimals: undefined,
    steps: [],
    mappings: [{ type: "value" as const, options: { 2: { text: "open", color: "red" } } }],
  };
  expect([2, 3].map((value) => textOf(field, value))).toEqual(["open", "3 s"]);
  expect([2, 3].map((value) => toneOf(field, value))).toEqual(["bad", "accent"]);
});
