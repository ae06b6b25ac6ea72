// One trace as a waterfall: indentation for who called whom, a colour for each service, runs of
// the same call folded into one row, and the log lines of each span beneath it.

import { html, useMemo, useState } from "../lib.js";
import { clockMs, seconds } from "../logic/format.js";
import { chain, readTrace, rows } from "../logic/spans.js";
import { laneOf } from "./colors.js";

const INDENT_PX = 14;
const DEPTH_MAX = 24;
const ROWS_FIRST = 400;
const LINES_FIRST = 6;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

function toggled(set, key) {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

export function Waterfall({ data, logs, onLog }) {
  const trace = useMemo(() => readTrace(data), [data]);
  const [open, setOpen] = useState(new Set());
  const [closed, setClosed] = useState(new Set());
  const [chosen, setChosen] = useState(null);
  const [withLogs, setWithLogs] = useState(true);
  const [most, setMost] = useState(ROWS_FIRST);
  const shown = useMemo(() => rows(trace, open, closed), [trace, open, closed]);
  const linesOf = useMemo(() => bySpan(logs), [logs]);
  const visible = new Set(shown.filter((row) => row.count === 1).map((row) => row.span.id));
  const elsewhere = logs.filter((line) => !visible.has(line.span_id));
  const fold = (row) => (row.count > 1 ? setOpen(toggled(open, row.key)) : setClosed(toggled(closed, row.key)));
  return html`<div class="v-waterfall">
    <div class="v-bar">
      <span class="v-lanes">${trace.services.map((name) => html`<span key=${name} class="v-lane"><i style=${{ background: laneOf(name) }}></i>${name}</span>`)}</span>
      <label class="v-field"><input type="checkbox" checked=${withLogs} onChange=${(event) => setWithLogs(event.target.checked)} /> log lines (${logs.length})</label>
    </div>
    <div class="v-ticks" aria-hidden="true"><span></span><span></span><div>${TICKS.map((at) => html`<b key=${at} style=${{ left: `${at * 100}%` }}>${seconds((at * trace.durationMs) / 1000)}</b>`)}</div></div>
    <section aria-label="Spans">
    ${shown.slice(0, most).map((row) => html`<${Row} key=${row.key} row=${row} trace=${trace} isChosen=${chosen === row.key}
        onFold=${() => fold(row)} onChoose=${() => setChosen(chosen === row.key ? null : row.key)} />
      ${chosen === row.key && html`<${Detail} key=${`${row.key} detail`} row=${row} trace=${trace} />`}
      ${withLogs && row.count === 1 && linesOf.has(row.span.id) && html`<${Lines} key=${`${row.key} logs`} lines=${linesOf.get(row.span.id)} depth=${row.depth + 1} onLog=${onLog} />`}`)}
    </section>
    ${shown.length > most && html`<button type="button" class="v-link" onClick=${() => setMost(most * 4)}>${shown.length - most} more rows</button>`}
    ${withLogs && elsewhere.length > 0 && html`<h4>Log lines of collapsed or missing spans</h4>
      <${Lines} lines=${elsewhere} depth=${0} onLog=${onLog} />`}
  </div>`;
}

function bySpan(logs) {
  const found = new Map();
  for (const line of logs) {
    if (!found.has(line.span_id)) found.set(line.span_id, []);
    found.get(line.span_id).push(line);
  }
  return found;
}

function Row({ row, trace, isChosen, onFold, onChoose }) {
  const { span } = row;
  const whole = trace.durationMs || 1;
  const left = (100 * (row.startMs - trace.startMs)) / whole;
  const width = Math.max(0.4, (100 * (row.endMs - row.startMs)) / whole);
  const color = laneOf(span.service);
  const depth = Math.min(row.depth, DEPTH_MAX);
  return html`<div class=${`v-span ${isChosen ? "v-chosen" : ""} ${row.failed ? "v-failed" : ""}`}>
    <div class="v-span-name" style=${{ paddingLeft: `${depth * INDENT_PX}px`, "--depth": depth }}>
      ${row.hasMore ? html`<button type="button" class="v-twist" aria-expanded=${row.isOpen} aria-label=${`Calls made by ${span.service}`} onClick=${onFold}>${row.isOpen ? "▾" : "▸"}</button>` : html`<span class="v-twist"></span>`}
      <i class="v-lane-bar" style=${{ background: color }}></i>
      <button type="button" class="v-span-label" onClick=${onChoose} title=${span.operation}>
        <b>${span.service}</b> ${span.operation}
      </button>
      ${row.count > 1 && html`<strong class="v-times">× ${row.count}</strong>`}
      ${row.failed && html`<span class="v-bad v-times" title="failed">✕</span>`}
    </div>
    <span class="num">${seconds(row.totalMs / 1000)}</span>
    <div class="v-track"><i class=${row.count > 1 ? "v-many" : ""} style=${{ left: `${left}%`, width: `${Math.min(width, 100 - left)}%`, background: color }}></i></div>
  </div>`;
}

function Detail({ row, trace }) {
  const { span } = row;
  const tags = Object.entries(span.tags).filter(([name]) => !["error", "span.kind"].includes(name));
  return html`<div class="v-detail">
    <p class="mono">${chain(trace, span.id).join(" › ")}</p>
    <p class="muted">${span.kind} · began ${clockMs(span.startMs)} · ${seconds((span.startMs - trace.startMs) / 1000)} into the trace${row.count > 1 ? ` · ${row.count} of the same, each ${seconds(row.totalMs / row.count / 1000)} on average` : ""}</p>
    <dl class="v-tags">${tags.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${String(value)}</dd></div>`)}</dl>
    ${span.events.map((event, index) => html`<div key=${index} class="v-event"><span class="mono">+${seconds((event.atMs - span.startMs) / 1000)}</span>
      <pre>${Object.entries(event.fields).map(([name, value]) => `${name}: ${value}`).join("\n")}</pre></div>`)}
  </div>`;
}

function Lines({ lines, depth, onLog }) {
  const [isAll, setAll] = useState(false);
  const more = lines.length - LINES_FIRST;
  return html`<div>${(isAll ? lines : lines.slice(0, LINES_FIRST)).map((line) => html`<${Line} key=${line.seq} line=${line} depth=${depth} onLog=${onLog} />`)}
    ${more > 0 && !isAll && html`<button type="button" class="v-link v-more-logs" onClick=${() => setAll(true)}>${more} more log lines of this span</button>`}</div>`;
}

function Line({ line, depth, onLog }) {
  return html`<button type="button" class=${`v-inline-log v-level-${line.level}`} style=${{ paddingLeft: `${Math.min(depth, DEPTH_MAX) * INDENT_PX + 18}px` }} onClick=${() => onLog(line)}>
    <span class="mono">${clockMs(Date.parse(line.timestamp))}</span> <b>${line.level}</b> ${line.event}</button>`;
}
