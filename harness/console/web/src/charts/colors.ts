// Which variable of tokens.css a series or a service is drawn in: the same name has the same colour
// in every view.

import type { Override } from "@/api/dashboards";

const SERIES = 10;

const SERVICES = [
  "gateway",
  "orders",
  "payments",
  "billing",
  "users",
  "a",
  "b",
  "c",
  "feed",
  "assistant",
];

/** Grafana's names, where a dashboard gives a series a colour of its own. */
const NAMED: Record<string, string> = {
  green: "--good",
  orange: "--warn",
  yellow: "--warn",
  red: "--bad",
  blue: "--series-1",
  purple: "--series-5",
};

const seriesAt = (index: number) => `--series-${(index % SERIES) + 1}`;

function laneName(service: string): string {
  const place = SERVICES.indexOf(service);
  if (place >= 0) return seriesAt(place);
  return seriesAt([...service].reduce((total, letter) => total + letter.charCodeAt(0), 0));
}

/** The colour of a service as CSS has it; others take one by their letters. */
export function laneOf(service: string): string {
  return `var(${laneName(service)})`;
}

/** The variable of a series by its label and place. */
export function seriesColor(label: string, index: number): string {
  return SERVICES.includes(label) ? laneName(label) : seriesAt(index);
}

/** The variable that a dashboard gives a series; the last word about it counts. */
export function fixedColor(label: string, overrides: readonly Override[]): string | undefined {
  let found: string | undefined;
  for (const { matcher, properties } of overrides) {
    if (!isMeant(label, matcher)) continue;
    for (const { id, value } of properties) {
      const fixed = (value as { fixedColor?: string } | null)?.fixedColor;
      if (id === "color" && fixed) found = NAMED[fixed] ?? found;
    }
  }
  return found;
}

function isMeant(label: string, { id, options }: Override["matcher"]): boolean {
  if (id === "byRegexp") return new RegExp(options).test(label);
  return id === "byName" && options === label;
}
