// What was measured over the drill: before the page, until the fix, and since.

import { ErrorNote, html, useEffect, useMemo, usePoll, useState } from "../lib.js";
import { inUnit } from "../logic/format.js";
import { edges, mean } from "../logic/moments.js";
import { expand, legend } from "../logic/promql.js";
import { Chart } from "./chart.js";
import { CallGraph } from "./plots.js";

const EVERY_MS = 8000;
const POINTS = 300;
const BEFORE_S = 240;
const CALLS = "sum by (service, peer) (rate(outbound_requests_total[$__rate_interval]))";
const TIMES = [["healthy", "before"], ["broken", "page to fix"], ["after", "after the fix"]];
/** What a drill is measured by, each fit for a chart over time. */
export const SERIES = [
  { title: "Ledger minus payments", unit: "currencyEUR", legend: "difference", expr: "sum(ledger_difference)" },
  { title: "Customer success rate", unit: "percentunit", legend: "success", expr: "1 - user:error_ratio:rate30s" },
  { title: "Throughput by service", unit: "reqps", legend: "{{service}}", expr: "service:http_requests:rate5s" },
  { title: "Latency by service, 95th percentile", unit: "s", legend: "{{service}}", expr: "histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[$__rate_interval])))" },
  { title: "Statements per request by service", unit: "short", legend: "{{service}}", expr: "sum by (service) (rate(db_statements_per_request_sum[$__rate_interval])) / (sum by (service) (rate(db_statements_per_request_count[$__rate_interval])) > 0)" },
  { title: "Worker threads in use", unit: "percentunit", legend: "{{service}}", expr: "service:worker_slots:utilisation" },
  { title: "Database connections in use", unit: "percentunit", legend: "{{service}}", expr: "service:db_pool:utilisation" },
  { title: "Charges by outcome", unit: "ops", legend: "{{outcome}}", expr: "sum by (outcome) (rate(charges_total[$__rate_interval]))" },
];

/** The time to draw: from a while before the page, or the last minutes, until now. */
export function useSpan(events) {
  const [nowS, setNow] = useState(() => Math.floor(Date.now() / 1000));
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && setNow(Math.floor(Date.now() / 1000)), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const page = events.find((event) => event.type === "page.sent");
  const began = events.length ? Date.parse(events[0].time) / 1000 : nowS - BEFORE_S;
  const begin = Math.max(page ? Date.parse(page.time) / 1000 - BEFORE_S : nowS - BEFORE_S, began);
  return { begin: Math.max(Math.floor(begin), nowS - 10_800), end: nowS };
}

function useRange(expr, span) {
  const stepS = Math.max(1, Math.ceil((span.end - span.begin) / POINTS));
  return usePoll("/v1/metrics", 0, { query: expand(expr, { stepS, rangeS: span.end - span.begin }), ...span, points: POINTS });
}

/** A measure over the drill, with its mean before, during and after; `only` some of its series. */
export function Measured({ one, span, marks, times, only = null }) {
  const { data, error } = useRange(one.expr, span);
  const series = useMemo(() => (data?.series ?? []).map((each) => ({ ...each, label: legend(one.legend, each.labels) })).filter((each) => !only || only.includes(each.label)), [data, only]);
  return html`<section class="card"><h2>${one.title}</h2>
    ${error && !data && html`<${ErrorNote} error=${error} />`}
    ${data && (series.length ? html`<${Chart} title=${one.title} times=${data.times} series=${series} marks=${marks} unit=${one.unit} height=${170} sync="before-after" />
      <${Means} times=${data.times} series=${series} windows=${times} unit=${one.unit} />` : html`<p class="muted">no data in this time range</p>`)}</section>`;
}

function Means({ times, series, windows: spans, unit }) {
  return html`<div class="scroll" tabIndex="0"><table class="v-small"><thead><tr><th>series</th>${TIMES.map(([key, words]) => html`<th key=${key} class="num">${words}</th>`)}</tr></thead>
    <tbody>${series.map((one) => html`<tr key=${one.label}><th scope="row">${one.label}</th>${TIMES.map(([key]) => html`<td key=${key} class="num">${inUnit(mean(times, one.values, spans[key]), unit)}</td>`)}</tr>`)}</tbody></table></div>`;
}

/** Who called whom before, during and after. */
export function Calls({ services, span, times }) {
  const { data } = useRange(CALLS, span);
  if (!data || !services.length) return null;
  const found = TIMES.map(([key, words]) => ({ words, edges: edges(data, times[key]), isKnown: Boolean(times[key]) }));
  const most = Math.max(...found.flatMap((one) => one.edges.map((edge) => edge.perS)), 0.1);
  const names = services.filter((name) => found.some((one) => one.edges.some((edge) => edge.from === name || edge.to === name)));
  return html`<section class="card"><h2>Calls between services</h2><div class="v-graphs">${found.map((one) => html`<figure key=${one.words}>
    ${one.isKnown ? html`<${CallGraph} names=${names} edges=${one.edges} most=${most} />` : html`<p class="muted v-middle">not yet</p>`}<figcaption>${one.words}</figcaption></figure>`)}</div></section>`;
}
