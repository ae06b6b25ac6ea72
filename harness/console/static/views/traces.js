// Traces: found by service, route, duration, failure, time or id; one of them as a waterfall.

import { Empty, ErrorNote, Loading, attachEvidence, html, useEffect, usePoll, useState } from "../lib.js";
import { clock, plain, seconds } from "../logic/format.js";
import { laneOf } from "../parts/colors.js";
import { go, href, useParams, useServices } from "../parts/kit.js";
import { Waterfall } from "../parts/waterfall.js";

const EVERY_MS = 5000;
const TRACE_ID = /^[0-9a-f]{32}$/i;

function searchOf(params) {
  const { service, operation, begin, end } = params;
  return {
    ...(service && { service }),
    ...(operation && { operation }),
    ...(begin && { begin }),
    ...(end && { end }),
    ...(params.slower && { min_duration_ms: params.slower }),
    ...(params.errors && { errors: true }),
    limit: Number(params.limit) || 50,
  };
}

export default function Traces() {
  const params = useParams();
  return html`<div class=${`v-page v-split ${params.trace ? "v-has-one" : ""}`}>
    <${Search} params=${params} />
    ${params.trace ? html`<${One} key=${params.trace} id=${params.trace} params=${params} />` : html`<${Empty}>Select a trace to see its calls, timing and log lines.<//>`}
  </div>`;
}

function Search({ params }) {
  const services = useServices();
  const [id, setId] = useState("");
  const operations = usePoll(params.service ? "/v1/operations" : null, 0, { service: params.service });
  const isFixed = Boolean(params.begin);
  const found = usePoll("/v1/traces", isFixed ? 0 : EVERY_MS, searchOf(params));
  const rows = found.data?.traces;
  const set = (changes) => go("traces", { ...params, ...changes });
  const open = (event) => {
    event.preventDefault();
    if (TRACE_ID.test(id.trim())) set({ trace: id.trim().toLowerCase() });
  };
  return html`<aside class="v-list" aria-label="Search">
    <form class="v-form" onSubmit=${open}>
      <label>service <select value=${params.service ?? ""} onChange=${(event) => set({ service: event.target.value, operation: "" })}><option value="">any</option>${services.map((name) => html`<option key=${name}>${name}</option>`)}</select></label>
      <label>route or call <select value=${params.operation ?? ""} disabled=${!params.service} onChange=${(event) => set({ operation: event.target.value })}><option value="">${params.service ? "any" : "choose a service first"}</option>${(operations.data ?? []).map((name) => html`<option key=${name}>${name}</option>`)}</select></label>
      <${Slower} value=${params.slower ?? ""} onPick=${(slower) => set({ slower })} />
      <label class="v-check"><input type="checkbox" checked=${Boolean(params.errors)} onChange=${(event) => set({ errors: event.target.checked ? "1" : "" })} /> failed only</label>
      <label class="v-wide">trace id <input value=${id} spellcheck="false" placeholder="32 hex digits, then Enter" onInput=${(event) => setId(event.target.value)} aria-invalid=${id !== "" && !TRACE_ID.test(id.trim())} /></label>
    </form>
    ${isFixed && html`<p class="v-note">${clock(params.begin * 1000)} – ${clock((params.end ?? Date.now() / 1000) * 1000)} <button type="button" class="v-link" onClick=${() => set({ begin: "", end: "" })}>Show newest</button></p>`}
    ${found.error && html`<${ErrorNote} error=${found.error} />`}
    ${!found.data && !found.error && html`<${Loading} />`}
    ${rows?.length === 0 && html`<${Empty}>No traces match. Old traces are dropped.<//>`}
    ${rows?.length > 0 && html`<${Found} rows=${rows} params=${params} />`}
    ${rows?.length >= (Number(params.limit) || 50) && (Number(params.limit) || 50) < 200 && html`<button type="button" class="v-link" onClick=${() => set({ limit: "200" })}>Show more</button>`}
  </aside>`;
}

/** Written to the address a moment after the last key, so that typing 250 is one search. */
function Slower({ value, onPick }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onPick(typed), 400);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`<label>slower than, ms <input type="number" min="0" step="50" value=${typed} onInput=${(event) => setTyped(event.target.value)} /></label>`;
}

function Found({ rows, params }) {
  const longest = Math.max(...rows.map((row) => row.duration_ms), 1);
  return html`<ol class="v-found">${rows.map((row) => html`<li key=${row.trace_id}>
    <a href=${href("traces", { ...params, trace: row.trace_id })} aria-current=${row.trace_id === params.trace ? "true" : undefined}>
      <span class="mono muted">${clock(row.start_ms)}</span>
      <span class="v-found-name"><b>${row.service}</b> ${row.operation}</span>
      <span class="num">${seconds(row.duration_ms / 1000)}</span>
      <span class="v-found-bar" aria-hidden="true"><i style=${{ width: `${(100 * row.duration_ms) / longest}%` }}></i></span>
      <span class="v-found-more"><span class="v-lanes">${row.services.map((name) => html`<i key=${name} title=${name} style=${{ background: laneOf(name) }}></i>`)}</span> ${plain(row.spans)} spans ${row.failed > 0 && html`<span class="v-bad">✕ ${row.failed} failed</span>`}</span>
    </a></li>`)}</ol>`;
}

function One({ id, params }) {
  const { data, error, again } = usePoll(`/v1/traces/${encodeURIComponent(id)}`);
  if (error) return html`<div><${ErrorNote} error=${error} /><button type="button" class="button" onClick=${again}>Retry</button></div>`;
  if (!data) return html`<${Loading} />`;
  const spans = data.trace.spans;
  const end = Math.max(...spans.map((span) => span.startTime + span.duration));
  const begin = Math.min(...spans.map((span) => span.startTime));
  return html`<article class="v-one" aria-label="Trace">
    <header class="v-bar">
      <h2 class="mono v-id">${id}</h2>
      <span class="muted">${clock(begin / 1000)} · ${seconds((end - begin) / 1e6)} · ${spans.length} spans${data.trace.warnings ? ` · ${data.trace.warnings.join(", ")}` : ""}</span>
      <span class="v-push"></span>
      <button type="button" class="button" onClick=${again}>Refresh</button>
      <a class="button" href=${href("logs", { trace: id })}>Logs</a>
      <button type="button" class="button" onClick=${() => attachEvidence(`trace:${id}`, `trace of ${seconds((end - begin) / 1e6)}`)}>Attach</button>
      <button type="button" class="button quiet" aria-label="Close" onClick=${() => go("traces", { ...params, trace: "" })}>✕</button>
    </header>
    <${Waterfall} data=${data.trace} logs=${data.logs} onLog=${(line) => go("logs", { seq: line.seq, trace: id })} />
  </article>`;
}
