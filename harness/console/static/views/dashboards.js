// The shop's dashboards, live: the same that Grafana shows, for those who have none.

import { Empty, ErrorNote, Loading, html, useEffect, useLive, useMemo, usePoll, useState } from "../lib.js";
import { clock, seconds } from "../logic/format.js";
import { span } from "../logic/promql.js";
import { href, go, useParams, useServices } from "../parts/kit.js";
import { Panel } from "../parts/panels.js";
import { marks as marksOf } from "../logic/moments.js";

const RANGES = [120, 300, 900, 1800, 3600, 10800];
const REFRESH_MS = 5000;

/** The time shown: a fixed range of the address, or the last so many seconds, moving. */
function useTime(params) {
  const [nowS, setNow] = useState(() => Math.floor(Date.now() / 1000));
  const isFixed = Boolean(params.begin && params.end);
  useEffect(() => {
    if (isFixed) return undefined;
    const timer = setInterval(() => !document.hidden && setNow(Math.floor(Date.now() / 1000)), REFRESH_MS);
    return () => clearInterval(timer);
  }, [isFixed]);
  if (isFixed) return { begin: Number(params.begin), end: Number(params.end), isFixed };
  const length = Number(params.last) || 300;
  return { begin: nowS - length, end: nowS, isFixed, length };
}

export default function Dashboards() {
  const params = useParams();
  const list = usePoll("/v1/dashboards");
  const uid = params.uid ?? "shop";
  const board = usePoll(`/v1/dashboards/${encodeURIComponent(uid)}`);
  const services = useServices();
  const { records } = useLive();
  const time = useTime(params);
  const service = params.service ?? services[0] ?? "gateway";
  const marks = useMemo(() => marksOf(records), [records]);
  const set = (changes) => go("dashboards", { ...params, uid, ...changes });
  const zoom = (begin, end) => set({ begin, end, last: "" });
  const asked = useMemo(() => ({ begin: time.begin, end: time.end, service }), [time.begin, time.end, service]);
  if (list.error ?? board.error) return html`<${ErrorNote} error=${list.error ?? board.error} />`;
  if (!list.data || !board.data) return html`<${Loading} />`;
  const panels = board.data.panels.filter((panel) => panel.type !== "row" || panel.title);
  const hasVariable = board.data.templating?.list.some((one) => one.name === "service");
  return html`<div class="v-page">
    <div class="v-bar">
      <nav class="v-tabs" aria-label="Dashboards">${list.data.map((one) => html`<a key=${one.uid} href=${href("dashboards", { ...params, uid: one.uid })} aria-current=${one.uid === uid ? "page" : undefined} title=${one.description}>${one.title}</a>`)}</nav>
      ${hasVariable && html`<label class="v-field">service <select value=${service} onChange=${(event) => set({ service: event.target.value })}>${services.map((name) => html`<option key=${name}>${name}</option>`)}</select></label>`}
      <${Picker} time=${time} onPick=${(last) => set({ last, begin: "", end: "" })} onZoom=${zoom} />
    </div>
    ${panels.length ? html`<div class="v-grid">${panels.map((panel) => panel.type === "row"
      ? html`<h2 key=${panel.id} class="v-row">${panel.title.replace("$service", service)}</h2>`
      : html`<${Panel} key=${`${board.data.uid} ${panel.id}`} panel=${panel} time=${asked} marks=${marks} onZoom=${zoom} sync=${board.data.uid}
          onService=${(name) => set({ uid: "service", service: name })} />`)}</div>` : html`<${Empty}>This dashboard has no panels.<//>`}
  </div>`;
}

function Picker({ time, onPick, onZoom }) {
  const length = time.end - time.begin;
  return html`<div class="v-picker" role="group" aria-label="Time range">
    ${time.isFixed && html`<span class="mono">${clock(time.begin * 1000)} – ${clock(time.end * 1000)}</span>
      <button type="button" class="button" onClick=${() => onZoom(Math.floor(time.begin - length / 2), Math.ceil(time.end + length / 2))}>Zoom out</button>
      <button type="button" class="button" onClick=${() => onPick(span("now-5m"))}>Go live</button>`}
    <select aria-label="Last" value=${time.isFixed ? "" : String(time.length)} onChange=${(event) => onPick(event.target.value)}>
      ${time.isFixed && html`<option value="">custom</option>`}
      ${[...new Set([...RANGES, time.length ?? 300])].sort((a, b) => a - b).map((each) => html`<option key=${each} value=${String(each)}>last ${seconds(each).replace(" 0 s", "").replace(" 0 min", "")}</option>`)}
    </select>
  </div>`;
}
