// Colours are named in one file, and can be read on what they stand on.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const SRC = new URL("..", import.meta.url).pathname;
const EXEMPT = /(^styles\/tokens\.css|schema\.d\.ts|\.test\.ts)$/;
const NAMES = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter(
  (name) => /\.(css|tsx?)$/.test(name) && !EXEMPT.test(name),
);
const TOKENS = readFileSync(`${SRC}/styles/tokens.css`, "utf8");

const RAW = [
  /#(?:[\da-f]{8}|[\da-f]{6}|[\da-f]{3,4})\b/gi,
  /\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([^)$`]*\d[^)$`]*\)/gi,
  /(?:color|background|fill|stroke|border(?:-\w+)?)["']?\s*[:=]\s*["']?(?:white|black|gr[ae]y|red|green|blue|orange|yellow|purple|silver|navy|teal)\b/gi,
];

function rawColors(text: string): string[] {
  return RAW.flatMap((one) => text.match(one) ?? []);
}

test("no file but the tokens names a colour", () => {
  const found = NAMES.map(
    (name) => [name, rawColors(readFileSync(`${SRC}/${name}`, "utf8"))] as const,
  ).filter(([, colors]) => colors.length);
  expect(found).toEqual([]);
  expect(NAMES.length).toBeGreaterThan(100);
});

test("a colour that somebody writes elsewhere is noticed", () => {
  for (const written of [
    ".badge { color: #b3261e; }",
    '<i style={{ background: "#fff" }} />',
    "ctx.fillStyle = `rgb(1 2 3 / 50%)`;",
    ".node { stroke: red; }",
    '<circle fill="grey" />',
  ])
    expect(rawColors(written), written).toHaveLength(1);
  expect(rawColors('location.hash = "#/now"; color: var(--bad); `rgb(${parts})`')).toEqual([]);
});

/** Of a token, its value in light and in dark. */
function pair(name: string): readonly [string, string] {
  const own = new RegExp(`^ {2}--${name}: ([^;]+);`, "m").exec(TOKENS)?.[1] ?? "";
  const alias = /^var\(--([\w-]+)\)$/.exec(own)?.[1];
  if (alias) return pair(alias);
  const [light = "", dark = ""] = /^light-dark\((.*), (.*)\)$/.exec(own)?.slice(1) ?? [];
  return [light, dark];
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Ink, what it stands on, and what WCAG asks of it: 4.5 of text, 3 of lines and areas. */
const READ_ON: readonly (readonly [string, readonly string[], number])[] = [
  ["ink", ["bg", "panel", "good-bg", "warn-bg", "bad-bg", "info-bg"], 4.5],
  ["muted", ["bg", "panel", "warn-bg", "bad-bg", "info-bg"], 4.5],
  ["accent", ["bg", "panel", "info-bg"], 4.5],
  ["accent-ink", ["accent"], 4.5],
  ["good", ["panel", "good-bg"], 4.5],
  ["warn", ["panel", "warn-bg"], 4.5],
  ["bad", ["panel", "bad-bg"], 4.5],
  ...Array.from({ length: 10 }, (_, index) => [`series-${index + 1}`, ["panel"], 3] as const),
];

const cases = READ_ON.flatMap(([ink, grounds, least]) =>
  grounds.flatMap((ground) =>
    (["light", "dark"] as const).map((scheme) => ({ ink, ground, least, scheme })),
  ),
);

test.each(cases)("$ink can be read on $ground, $scheme", ({ ink, ground, least, scheme }) => {
  const at = scheme === "light" ? 0 : 1;
  expect(contrast(pair(ink)[at], pair(ground)[at])).toBeGreaterThanOrEqual(least);
});

test("a colour that is too faint is noticed", () => {
  expect(contrast("#9aa7b8", "#ffffff")).toBeLessThan(4.5);
});
