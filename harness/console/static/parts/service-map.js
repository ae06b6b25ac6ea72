// Who calls whom, with the rate, errors and latency of every edge as the callers measure them.

import { html, useEffect, useMemo, useState, api } from "../lib.js";
import { milliseconds, percent, rate } from "../logic/format.js";

const NODE = { width: 136, height: 46, gapX: 128, gapY: 26 };
const PITCH = NODE.height + NODE.gapY;
const EVERY_MS = 4000;
const QUERIES = {
  rate: "sum by (service, peer) (rate(outbound_requests_total[15s]))",
  errors: 'sum by (service, peer) (rate(outbound_requests_total{outcome!="ok"}[15s]))',
  seconds: "sum by (service, peer) (rate(outbound_request_duration_seconds_sum[15s])) / sum by (service, peer) (rate(outbound_request_duration_seconds_count[15s]))",
};

/** Longest way from a service that nobody calls: its column. A ring of calls ends where it began. */
export function columnsOf(services) {
  const calls = new Map(services.map((one) => [one.name, one.calls || []]));
  const column = new Map();
  const place = (name, depth, path) => {
    if (!calls.has(name) || path.has(name)) return;
    column.set(name, Math.max(depth, column.get(name) ?? 0));
    for (const peer of calls.get(name)) place(peer, depth + 1, new Set([...path, name]));
  };
  const called = new Set([...calls.values()].flat());
  for (const name of calls.keys()) if (!called.has(name)) place(name, 0, new Set());
  for (const name of calls.keys()) if (!column.has(name)) place(name, 0, new Set());
  return column;
}

function layout(services) {
  const column = columnsOf(services);
  const rows = new Map();
  const at = new Map();
  for (const one of services) {
    const x = column.get(one.name);
    const y = rows.get(x) || 0;
    rows.set(x, y + 1);
    // Every other column is half a row lower: a call that passes a column passes between its services.
    at.set(one.name, { x: x * (NODE.width + NODE.gapX) + 4, y: (y + (x % 2) / 2) * PITCH + 4 });
  }
  return { at, width: (Math.max(0, ...column.values()) + 1) * (NODE.width + NODE.gapX) - NODE.gapX + 8, height: Math.max(1, ...[...at.values()].map((one) => one.y + PITCH)) };
}

function useEdges() {
  const [edges, setEdges] = useState(new Map());
  useEffect(() => {
    let timer = 0;
    const control = new AbortController();
    const ask = async () => {
      const found = new Map();
      await Promise.all(Object.entries(QUERIES).map(async ([what, query]) => {
        try {
          const series = await api.get("/v1/metrics", { query }, control.signal);
          for (const { labels, value } of samples(series)) {
            const key = `${labels.service} ${labels.peer}`;
            found.set(key, { ...found.get(key), [what]: value, service: labels.service, peer: labels.peer });
          }
        } catch { /* the map shows what there is; the status says that the drill is gone */ }
      }));
      if (control.signal.aborted) return;
      setEdges(found);
      timer = setTimeout(ask, EVERY_MS);
    };
    ask();
    return () => { control.abort(); clearTimeout(timer); };
  }, []);
  return edges;
}

const samples = (answer) => answer.series.map((row) => ({ labels: row.labels, value: Number(row.values.at(-1)) }));

export const toneOf = (errorRatio, up = true) => {
  if (up === false || errorRatio > 0.05) return "bad";
  return errorRatio > 0.005 ? "warn" : "good";
};

export function ServiceMap({ services }) {
  const names = services.map((one) => one.name).join(" ");
  const { at, width, height } = useMemo(() => layout(services), [names]);
  const edges = useEdges();
  const planned = services.flatMap((one) => (one.calls || []).map((peer) => `${one.name} ${peer}`));
  // A call that nobody planned is drawn like any other, where it is measured.
  const seen = [...edges.values()].filter((edge) => at.has(edge.service) && at.has(edge.peer) && edge.rate > 0).map((edge) => `${edge.service} ${edge.peer}`);
  const all = [...new Set([...planned, ...seen])];
  // Calls that end at one service are told one below the other.
  const order = (key) => all.filter((one) => one.split(" ")[1] === key.split(" ")[1]).indexOf(key);
  return html`<div class="scroll" tabIndex="0"><svg class="map" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${describe(services, edges)}>
    ${all.map((key) => html`<${Edge} key=${key} name=${key} at=${at} edge=${edges.get(key)} />`)}
    ${all.map((key) => html`<${EdgeLabel} key=${key} name=${key} at=${at} edge=${edges.get(key)} order=${order(key)} />`)}
    ${services.map((one) => html`<${Node} key=${one.name} service=${one} at=${at.get(one.name)} />`)}
  </svg></div>`;
}

function Node({ service, at }) {
  const tone = service.up === null ? "" : toneOf(service.error_ratio || 0, service.up);
  return html`<g transform=${`translate(${at.x},${at.y})`}>
    <title>${`${service.name} ${service.version || ""}`}</title>
    <rect class=${`node ${tone}`} width=${NODE.width} height=${NODE.height} rx="6" />
    <text x="10" y="19">${service.name} <tspan class="small">${service.version || ""}</tspan></text>
    <text class="small" x="10" y="36">${rate(service.requests_per_s)} · ${percent(service.error_ratio, 0)} · ${milliseconds(service.p95_ms)}</text>
  </g>`;
}

function Edge({ name, at, edge }) {
  const [from, to] = name.split(" ").map((one) => at.get(one));
  if (!from || !to) return null;
  const start = { x: from.x + NODE.width, y: from.y + NODE.height / 2 };
  const end = { x: to.x, y: to.y + NODE.height / 2 };
  const back = end.x <= start.x;
  const path = back
    ? `M ${from.x + NODE.width / 2} ${from.y} C ${from.x + NODE.width / 2} ${from.y - 30}, ${to.x + NODE.width / 2} ${to.y - 30}, ${to.x + NODE.width / 2} ${to.y}`
    : `M ${start.x} ${start.y} C ${start.x + NODE.gapX / 2} ${start.y}, ${end.x - NODE.gapX / 2} ${end.y}, ${end.x} ${end.y}`;
  const ratio = edge?.rate ? (edge.errors || 0) / edge.rate : 0;
  const text = edge?.rate ? `${rate(edge.rate)}, ${percent(ratio, 0)} failing, ${milliseconds((edge.seconds || 0) * 1000)}` : "no calls";
  return html`<g><title>${`${name.replace(" ", " → ")}: ${text}`}</title>
    <path class=${`edge ${edge?.rate ? toneOf(ratio) : ""}`} d=${path} />
  </g>`;
}

/** What its caller measures of a call, beside the service that is called; failures in words of their own. */
function EdgeLabel({ name, at, edge, order }) {
  const [from, to] = name.split(" ").map((one) => at.get(one));
  if (!edge?.rate || !from || !to || to.x <= from.x) return null;
  const ratio = (edge.errors || 0) / edge.rate;
  const failing = ratio > 0.005 ? ` ✕ ${percent(ratio, 0)} ·` : "";
  // One string: the outline of a second piece would cover the end of the first.
  const told = `${rate(edge.rate)} ·${failing} ${milliseconds((edge.seconds || 0) * 1000)}`;
  return html`<text class=${`edge-label ${failing && "failing"}`} x=${to.x - 7} y=${to.y + NODE.height / 2 - 5 + 14 * order} text-anchor="end">${told}</text>`;
}

function describe(services, edges) {
  const sick = services.filter((one) => one.up === false || one.error_ratio > 0.05).map((one) => one.name);
  return `${services.length} services, ${edges.size} kinds of calls; failing: ${sick.join(", ") || "none"}`;
}
