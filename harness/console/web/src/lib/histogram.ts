// Log lines over time: how many of each severity there are in each part of a range.

interface Line {
  timestamp: string;
  level: string;
}

export const SEVERITIES = ["error", "warning", "other"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Bar {
  beginS: number;
  endS: number;
  counts: Record<Severity, number>;
  total: number;
}

const BARS = 60;
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

const severityOf = ({ level }: Line): Severity => {
  const name = level.toUpperCase();
  if (name === "ERROR" || name === "CRITICAL") return "error";
  return name === "WARNING" ? "warning" : "other";
};

/** Bars of equal and even length over all lines, or over `range` (in seconds) where one is chosen. */
export function histogram(
  lines: readonly Line[],
  range: readonly [number, number] | null,
): readonly Bar[] {
  const moments = lines.map((one) => Date.parse(one.timestamp) / 1000);
  const known = moments.filter((one) => !Number.isNaN(one));
  const [from, to] = range ?? [
    known.reduce((least, one) => Math.min(least, one), Infinity),
    known.reduce((most, one) => Math.max(most, one), -Infinity),
  ];
  if (!(to >= from)) return [];
  const stepS = STEPS_S.find((one) => (to - from) / one <= BARS) ?? Math.ceil((to - from) / BARS);
  const first = Math.floor(from / stepS);
  const bars = Array.from({ length: Math.floor(to / stepS) - first + 1 }, (_, index): Bar => {
    const beginS = (first + index) * stepS;
    const counts = { error: 0, warning: 0, other: 0 };
    return { beginS, endS: beginS + stepS, counts, total: 0 };
  });
  lines.forEach((line, index) => {
    const bar = bars[Math.floor((moments[index] ?? NaN) / stepS) - first];
    if (!bar) return;
    bar.counts[severityOf(line)] += 1;
    bar.total += 1;
  });
  return bars;
}
