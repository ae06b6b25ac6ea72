import type { DrillRecord } from "@/api/records";
import type { Metrics } from "@/api/telemetry";
import type { Poll } from "@/api/usePoll";
import { usePoll } from "@/api/usePoll";
import type { Windows } from "@/lib/moments";
import { expand } from "@/lib/promql";
import { useNow } from "@/api/useNow";

export interface Measure {
  title: string;
  unit: string;
  legend: string;
  expr: string;
}

/** The time to draw, in seconds. */
export type Span = { begin: number; end: number };

const EVERY_MS = 8000;
const POINTS = 300;
const BEFORE_S = 240;
export const TIMES: readonly (readonly [keyof Windows, string])[] = [
  ["healthy", "before"],
  ["broken", "page to fix"],
  ["after", "after the fix"],
];

/** What a drill is measured by, each fit for a chart over time. */
export const SERIES: readonly Measure[] = [
  {
    title: "Ledger minus payments",
    unit: "currencyEUR",
    legend: "difference",
    expr: "sum(ledger_difference)",
  },
  {
    title: "Customer success rate",
    unit: "percentunit",
    legend: "success",
    expr: "1 - user:error_ratio:rate30s",
  },
  {
    title: "Throughput by service",
    unit: "reqps",
    legend: "{{service}}",
    expr: "service:http_requests:rate5s",
  },
  {
    title: "Latency by service, 95th percentile",
    unit: "s",
    legend: "{{service}}",
    expr: "histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))",
  },
  {
    title: "Statements per request by service",
    unit: "short",
    legend: "{{service}}",
    expr: "sum by (service) (rate(db_statements_per_request_sum[$__rate_interval])) / (sum by (service) (rate(db_statements_per_request_count[$__rate_interval])) > 0)",
  },
  {
    title: "Worker threads in use",
    unit: "percentunit",
    legend: "{{service}}",
    expr: "service:worker_slots:utilisation",
  },
  {
    title: "Database connections in use",
    unit: "percentunit",
    legend: "{{service}}",
    expr: "service:db_pool:utilisation",
  },
  {
    title: "Charges by outcome",
    unit: "ops",
    legend: "{{outcome}}",
    expr: "sum by (outcome) (rate(charges_total[$__rate_interval]))",
  },
];

/** The time to draw: from a while before the page, or the last minutes, until now. */
export function useSpan(events: readonly DrillRecord[]): Span {
  const nowS = Math.floor(useNow(EVERY_MS) / 1000);
  const page = events.find((event) => event.type === "page.sent");
  const began = events[0] ? Date.parse(events[0].time) / 1000 : nowS - BEFORE_S;
  const begin = Math.max(page ? Date.parse(page.time) / 1000 - BEFORE_S : nowS - BEFORE_S, began);
  return { begin: Math.max(Math.floor(begin), nowS - 10_800), end: nowS };
}

export function useRange(expr: string, span: Span): Poll<Metrics> {
  const stepS = Math.max(1, Math.ceil((span.end - span.begin) / POINTS));
  return usePoll("/v1/metrics", 0, {
    query: expand(expr, { stepS, rangeS: span.end - span.begin }),
    ...span,
    points: POINTS,
  });
}
