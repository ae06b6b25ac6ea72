// The console's reading of every panel of every dashboard, held against what Grafana's own code makes
// of it (grafana-rules.json, by tools/grafana-rules.mjs): colours, units and thresholds.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Dashboard, DrawnPanel, FieldConfig } from "@/api/dashboards";
import { namedColor } from "./colors";
import { tone } from "@/lib/format";
import { fieldOf, textOf, toneOf } from "@/lib/panels";

interface Rules {
  of: string;
  /** Names of fields that have a colour of their own → Grafana's name of it. */
  colors: Record<string, string>;
  /** Value, text, and name of the colour by the thresholds. */
  figures: Record<string, [number, string, string][]>;
}

const SRC = new URL("..", import.meta.url).pathname;
const BOARDS = new URL("../../../../../grafana/dashboards/", import.meta.url).pathname;
const { panels: RULES } = JSON.parse(readFileSync(`${SRC}/charts/grafana-rules.json`, "utf8")) as {
  panels: Record<string, Rules>;
};
const boards = readdirSync(BOARDS).map(
  (name) => JSON.parse(readFileSync(`${BOARDS}/${name}`, "utf8")) as Dashboard,
);
const PANELS = boards.flatMap((board) =>
  board.panels.flatMap((panel) =>
    panel.type === "row" ? [] : [[`${board.uid}: ${panel.title}`, panel] as const],
  ),
);
const TONES: Record<string, string> = { green: "good", orange: "warn", red: "bad", blue: "accent" };

/** What either of them writes as the number of its base unit; what comes without a size is 1. */
const SIZES: Record<string, number> = Object.fromEntries(
  (
    "µs 1e-6 ms 1e-3 s 1 min 60 mins 60 h 3600 hours 3600 d 86400 days 86400 years 31536000 " +
    "k 1e3 K 1e3 M 1e6 Mil 1e6 G 1e9 B 1 KiB 1024 MiB 1048576 GiB 1073741824 % 0.01"
  )
    .split(/ (?=[^\d])/)
    .map((pair) => [pair.split(" ")[0], Number(pair.split(" ")[1])]),
);

function quantity(text: string): number {
  const bare = text.replaceAll(",", "").replace("−", "-").replace("€", "").replace("- ", "-");
  const parts = [...bare.matchAll(/(\d+(?:\.\d+)?)\s*([A-Za-zµ%]*)/g)];
  const sum = parts.reduce(
    (total, [, figure, unit]) => total + Number(figure) * (SIZES[unit ?? ""] ?? 1),
    0,
  );
  return bare.trim().startsWith("-") ? -sum : sum;
}

/** The unit of a text, without sizes: currency, share, rate, time, size in bytes. */
function kind(text: string): string {
  if (text.includes("€")) return "€";
  if (text.includes("%")) return "%";
  if (/req\/s/.test(text)) return "req/s";
  if (/\/s/.test(text)) return "/s";
  if (/\bx$/.test(text)) return "x";
  if (/\dB|B$/.test(text)) return "B";
  if (/(s|min|h|d|hours|mins|years)( |$)/.test(text)) return "s";
  return "";
}

/** Which figures of a panel the console writes otherwise than Grafana, beyond rounding. */
function otherFigures(panel: DrawnPanel, { figures }: Rules): string[] {
  return Object.entries(figures).flatMap(([name, row]) => {
    const field = fieldOf(panel.fieldConfig, name);
    // States are written as words, moments in the reader's own zone.
    if (field.unit === "dateTimeAsIso") return [];
    return row.flatMap(([value, text, color]) => {
      const ours = textOf(field, value);
      const isWord = field.mappings.some((one) => String(value) in one.options);
      const sameText = isWord
        ? ours === text
        : kind(ours) === kind(text) &&
          Math.abs(quantity(ours) - quantity(text)) <= tolerance(value, field.decimals, text);
      const sameColor = tone(value, field.steps) === TONES[color];
      return sameText && sameColor ? [] : [`${name}: ${value} is ${ours}, of ${text} (${color})`];
    });
  });
}

/** Both round: by a hundredth, by half of the last figure that is asked for, or to a whole unit. */
function tolerance(value: number, decimals: number | undefined, text: string): number {
  const unit = SIZES[/[A-Za-zµ%]+$/.exec(text)?.[0] ?? ""] ?? 1;
  const isCoarse = decimals === 0 || /years|months|weeks|days|hours|mins/.test(text);
  const last = decimals === undefined ? 0.002 : 10 ** -decimals;
  return Math.max(Math.abs(value) * 0.02, isCoarse ? unit : last * Math.min(unit, 1));
}

function otherColors(panel: DrawnPanel, { colors }: Rules, names: readonly string[]): string[] {
  return names.filter((name) => fieldOf(panel.fieldConfig, name).color !== colors[name]);
}

const NAMES = [...new Set(Object.values(RULES).flatMap((one) => Object.keys(one.colors)))];

test("what Grafana makes of the panels is recorded of these panels", () => {
  const now = PANELS.map(([name, { fieldConfig }]) => [
    name,
    createHash("sha256").update(JSON.stringify(fieldConfig)).digest("hex").slice(0, 12),
  ]);
  const recorded = Object.entries(RULES).map(([name, { of }]) => [name, of]);
  expect(Object.fromEntries(now), "run `node tools/grafana-rules.mjs`").toEqual(
    Object.fromEntries(recorded),
  );
  expect(PANELS.length).toBeGreaterThan(100);
  expect(NAMES.length).toBeGreaterThan(15);
});

test.each(PANELS)("%s has Grafana's figures, units and thresholds", (name, panel) => {
  expect(otherFigures(panel, RULES[name] as Rules)).toEqual([]);
});

test.each(PANELS)("%s has Grafana's colours of series, each a word of ours", (name, panel) => {
  const rules = RULES[name] as Rules;
  expect(otherColors(panel, rules, [...NAMES, "orders", "any other"])).toEqual([]);
  expect(Object.values(rules.colors).filter((color) => !namedColor(color))).toEqual([]);
});

/** What the console reads of a panel; anything else in one would be shown otherwise here. */
const READ = {
  matchers: ["byName", "byRegexp"],
  overrides: ["color", "unit", "thresholds", "custom.cellOptions", "links"],
  stacking: ["none", "normal"],
  lines: ["linear", "stepAfter"],
  thresholds: ["off", "dashed"],
  transformations: ["merge", "filterFieldsByName", "organize"],
};

function unread({
  fieldConfig,
  transformations,
}: Pick<DrawnPanel, "fieldConfig" | "transformations">) {
  const { defaults, overrides } = fieldConfig;
  const { stacking, lineInterpolation, thresholdsStyle } = defaults.custom ?? {};
  const found: [readonly string[], (string | undefined)[]][] = [
    [READ.matchers, overrides.map((one) => one.matcher.id)],
    [READ.overrides, overrides.flatMap((one) => one.properties.map(({ id }) => id))],
    [READ.stacking, [stacking?.mode]],
    [READ.lines, [lineInterpolation]],
    [READ.thresholds, [thresholdsStyle?.mode]],
    [READ.transformations, transformations.map((one) => one.id)],
  ];
  return found.flatMap(([known, words]) =>
    words.filter((word) => word !== undefined && word !== "" && !known.includes(word)),
  );
}

test("the console reads all that the dashboards say", () => {
  expect(PANELS.flatMap(([, panel]) => unread(panel))).toEqual([]);
});

const steps = (...values: [string, number | null][]) => ({
  steps: values.map(([color, value]) => ({ color, value })),
});
const config = (options: string): FieldConfig => ({
  defaults: { unit: "s", thresholds: steps(["blue", null]) },
  overrides: [
    {
      matcher: { id: "byRegexp", options },
      properties: [{ id: "color", value: { mode: "fixed", fixedColor: "red" } }],
    },
  ],
});

test("a reading that differs is noticed", () => {
  const panel = { fieldConfig: config("/failed/"), transformations: [] } as unknown as DrawnPanel;
  const rules: Rules = {
    of: "",
    colors: { failed: "green" },
    figures: { any: [[5, "5 req/s", "blue"]], other: [[5, "5 s", "red"]] },
  };
  expect(otherFigures(panel, rules)).toHaveLength(2);
  expect(otherColors(panel, rules, ["failed", "paid"])).toEqual(["failed"]);
  const odd = { ...panel, transformations: [{ id: "reduce", options: {} }] };
  expect(unread(odd as DrawnPanel)).toEqual(["reduce"]);
});

test("books that differ are red to either side", () => {
  const { fieldConfig } =
    PANELS.find(([name]) => name === "money: Ledger less payments")?.[1] ?? {};
  const field = fieldOf(fieldConfig as FieldConfig, "difference");
  expect([-1402.29, 0, 0.01].map((value) => toneOf(field, value))).toEqual(["bad", "good", "bad"]);
  expect(textOf(field, -1402.29)).toBe("€ -1,402.29");
});
