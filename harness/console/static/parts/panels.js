// The panels of a dashboard: figures, lines and tables from the same JSON that Grafana reads.

import { ErrorNote, api, attachEvidence, html, useEffect, useMemo, useRef, useState } from "../lib.js";
import { inUnit, mapped, tone } from "../logic/format.js";
import { evidence, expand, legend, uses } from "../logic/promql.js";
import { columns, merged } from "../logic/tables.js";
import { Chart } from "./chart.js";
import { go, href } from "./kit.js";

const POINTS = 240;
const ROW_PX = 30;
const SIGNS = { good: "✓", warn: "▲", bad: "✕" };

/** Whether something is, or was, on the screen or close to it. */
function useSeen(box) {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const watcher = new IntersectionObserver(([entry]) => setSeen(entry.isIntersecting), { rootMargin: "200px" });
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, []);
  return isSeen;
}

/** What the panel's queries answer over the time shown; asked only while it is on the screen. */
function usePanel(panel, { begin, end, service }, isSeen) {
  const [answer, setAnswer] = useState({ key: null, answers: null, error: null });
  const key = `${panel.id} ${begin} ${end} ${service}`;
  useEffect(() => {
    if (!isSeen || answer.key === key) return undefined;
    let isOver = false;
    const ask = async () => {
      try {
        const answers = await Promise.all(panel.targets.map((target) => asked(panel, target, { begin, end, service })));
        if (!isOver) setAnswer({ key, answers, error: null });
      } catch (error) {
        if (!isOver) setAnswer((before) => ({ ...before, key, error }));
      }
    };
    ask();
    return () => {
      isOver = true;
    };
  }, [key, isSeen]);
  return answer;
}

async function asked(panel, target, { begin, end, service }) {
  const rangeS = end - begin;
  const stepS = Math.max(1, Math.ceil(rangeS / POINTS));
  const query = expand(target.expr, { variables: { service }, stepS, rangeS });
  const isTable = panel.type === "table";
  // A table shows the end of the range: two columns are enough.
  const params = isTable ? { query, begin: end - 2, end, points: 2 } : { query, begin, end, points: POINTS };
  const found = await api.get("/v1/metrics", params);
  const exemplars = target.exemplar ? await api.get("/v1/metrics/exemplars", { query, begin, end }) : [];
  const series = found.series.map((one) => ({ ...one, label: legend(target.legendFormat, one.labels) }));
  return { refId: target.refId, query, ...found, exemplars, series: isTable ? series.filter((one) => one.values.at(-1) !== null) : series };
}

export function Panel({ panel, time, marks, onZoom, onService, sync }) {
  const box = useRef(null);
  const isSeen = useSeen(box);
  const { answers, error } = usePanel(panel, time, isSeen);
  const { w, h } = panel.gridPos;
  const Body = { timeseries: Lines, stat: Figure, table: Rows }[panel.type];
  const attach = () => attachEvidence(evidence(answers[0].query, time.begin, time.end), panel.title);
  return html`<section ref=${box} class=${`v-panel v-w${w}`} style=${{ minHeight: `${h * ROW_PX}px` }}>
    <header class="v-panel-head">
      <h3 title=${panel.description}>${panel.title}</h3>
      <span class="v-panel-acts">
        <a class="button quiet" href=${tracesOf(panel, time)} title="Traces in this time range">traces</a>
        <button type="button" class="button quiet" disabled=${!answers} onClick=${attach} title="Attach this query and time range as evidence">attach</button>
      </span>
    </header>
    ${error && html`<${ErrorNote} error=${error} />`}
    ${answers ? html`<${Body} panel=${panel} answers=${answers} time=${time} marks=${marks} onZoom=${onZoom} onService=${onService} sync=${sync} height=${h * ROW_PX - 40} />` : !error && html`<p class="muted">…</p>`}
  </section>`;
}

function tracesOf(panel, { begin, end, service }) {
  const isOfService = panel.targets.some((target) => uses(target.expr, "service"));
  return href("traces", { begin: Math.floor(begin), end: Math.ceil(end), service: isOfService ? service : "" });
}

function Lines({ panel, answers, marks, onZoom, sync, height }) {
  const { defaults } = panel.fieldConfig;
  const custom = defaults.custom ?? {};
  const times = answers[0].times;
  const series = answers.flatMap((one) => one.series);
  const exemplars = useMemo(() => answers.flatMap((one) => one.exemplars), [answers]);
  const cut = answers.reduce((sum, one) => sum + one.cut, 0);
  if (!series.length) return html`<p class="muted v-middle">no data in this time range</p>`;
  return html`<${Chart} title=${panel.title} times=${times} series=${series} marks=${marks} exemplars=${exemplars} onZoom=${onZoom}
      sync=${sync} height=${Math.max(120, height - 58)} unit=${defaults.unit} decimals=${defaults.decimals}
      min=${defaults.min} max=${defaults.max} fill=${custom.fillOpacity > 0}
      isStacked=${custom.stacking?.mode === "normal"} isStepped=${custom.lineInterpolation === "stepAfter"} />
    ${cut > 0 && html`<p class="muted">${cut} more series not shown</p>`}`;
}

function Figure({ panel, answers }) {
  const { unit, decimals, thresholds, mappings } = panel.fieldConfig.defaults;
  const series = answers.flatMap((one) => one.series);
  const living = series.filter((one) => one.values.at(-1) !== null && one.values.at(-1) !== undefined);
  const one = living[0] ?? series[0];
  const value = one?.values.findLast((each) => each !== null) ?? null;
  if (panel.options?.textMode === "name") return html`<p class="v-figure v-accent">${living.map((each) => each.label).join(", ") || "–"}</p>`;
  const named = value === null ? null : mapped(value, mappings);
  const color = named?.tone ?? tone(value, thresholds?.steps);
  const sign = SIGNS[color] && (thresholds?.steps.length > 1 || named) ? html`<span aria-hidden="true" class="v-sign">${SIGNS[color]}</span>` : null;
  return html`<p class=${`v-figure v-${color}`}>${sign}${named?.text ?? inUnit(value, unit, decimals)}</p>
    ${panel.options?.graphMode === "area" && one && html`<${Spark} values=${one.values} color=${color} />`}`;
}

/** The figure's way here, without axes. */
export function Spark({ values, color = "accent" }) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const points = values
    .map((value, index) => (value === null ? null : `${((100 * index) / (values.length - 1)).toFixed(2)},${(24 - (22 * (value - low)) / (high - low || 1)).toFixed(2)}`))
    .filter(Boolean);
  return html`<svg class=${`v-spark v-${color}`} viewBox="0 0 100 26" preserveAspectRatio="none" aria-hidden="true"><polyline points=${points.join(" ")} /></svg>`;
}

function Rows({ panel, answers, time, onService }) {
  const rows = merged(answers);
  const shown = columns(panel, rows);
  if (!rows.length) return html`<p class="muted v-middle">nothing at the moment</p>`;
  const open = (column, row) => (onService ? onService(row[column.key]) : go("dashboards", { uid: "service", service: row[column.key], ...time }));
  return html`<div class="scroll" tabIndex="0"><table>
    <thead><tr>${shown.map((column) => html`<th key=${column.key} scope="col" class=${column.isNumber ? "num" : ""}>${column.title}</th>`)}</tr></thead>
    <tbody>${rows.map((row, index) => html`<tr key=${index}>${shown.map((column) => {
      const value = row[column.key];
      const text = column.isNumber ? inUnit(value, column.unit) : value ?? "";
      const color = column.steps ? `v-${tone(value, column.steps)}` : "";
      return html`<td key=${column.key} class=${`${column.isNumber ? "num" : ""} ${color}`}>${column.opensService && value ? html`<button type="button" class="v-link" onClick=${() => open(column, row)}>${text}</button>` : text}</td>`;
    })}</tr>`)}</tbody></table></div>`;
}
