// What Grafana does to a query before it asks, and to the labels of an answer.

import type { Labels } from "@/api/telemetry";

interface Expansion {
  variables?: Record<string, string>;
  stepS?: number;
  /** The time shown. */
  rangeS?: number;
}

/** Grafana's rate interval for metrics that are scraped every second: never fewer than four. */
export function rateInterval(stepS: number): string {
  return `${Math.max(4, Math.ceil(stepS) + 1)}s`;
}

/** The expression with its variables filled in; `rangeS` is the time shown. */
export function expand(
  expr: string,
  { variables = {}, stepS = 1, rangeS = 900 }: Expansion = {},
): string {
  const known: Record<string, string> = {
    __rate_interval: rateInterval(stepS),
    __interval: `${Math.max(1, Math.ceil(stepS))}s`,
    __range: `${Math.max(1, Math.round(rangeS))}s`,
    ...variables,
  };
  return expr.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole: string, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? "";
    return (Object.hasOwn(known, name) ? known[name] : null) ?? whole;
  });
}

/** The name of a series: the format with its labels, or the labels themselves. */
export function legend(format: string | undefined, labels: Labels): string {
  if (format)
    return (
      format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? "") || "value"
    );
  const { __name__: name = "", ...rest } = labels;
  const inside = Object.entries(rest)
    .map(([key, value]) => `${key}="${value}"`)
    .join(", ");
  return inside ? `${name}{${inside}}` : name || "value";
}

/** The link to a query as evidence, over the time that was looked at. */
export function evidence(expr: string, beginS: number, endS: number): string {
  const iso = (at: number) => new Date(at * 1000).toISOString();
  return `promql:${expr.replace(/\s+/g, " ").trim()} @${iso(beginS)}..${iso(endS)}`;
}

const DAY_MS = 86_400_000;

/** A typed link, its times of day (in the reader's own zone, as the console shows them) as moments. */
export function dated(link: string, nowMs: number): string {
  return link.replace(
    /@(\d{1,2}):(\d\d)(?::(\d\d))?\.\.(\d{1,2}):(\d\d)(?::(\d\d))?(?=$|[\s,;)\]])/g,
    (_, ...parts: (string | undefined)[]) => {
      const [begin, end] = [parts.slice(0, 3), parts.slice(3, 6)].map((of) =>
        new Date(nearest(of, nowMs)).toISOString(),
      );
      return `@${begin}..${end}`;
    },
  );
}

function nearest(
  [hours, minutes, rest = "0"]: readonly (string | undefined)[],
  nowMs: number,
): number {
  const today = new Date(nowMs).setHours(Number(hours), Number(minutes), Number(rest), 0);
  const away = (at: number) => Math.abs(at - nowMs);
  return [today - DAY_MS, today, today + DAY_MS].reduce((best, at) =>
    away(at) < away(best) ? at : best,
  );
}

/** Whether an expression depends on the variable. */
export function uses(expr: string, name: string): boolean {
  return new RegExp(`\\$(?:\\{${name}\\}|${name}\\b)`).test(expr);
}

/** What a link to a query as evidence asks, and over which time where it says so. */
export function askedBy(link: string): { expr: string; begin?: number; end?: number } {
  const text = link.replace(/^promql:/, "");
  const found = /^(.*?)\s*@(\S+?)\.\.(\S+)$/.exec(text);
  const [begin, end] = [found?.[2], found?.[3]].map((at) => Date.parse(at ?? "") / 1000);
  if (!found || !begin || !end) return { expr: text.replace(/\s*@\S+?\.\.\S+$/, "") };
  return { expr: found[1] ?? "", begin: Math.floor(begin), end: Math.ceil(end) };
}
