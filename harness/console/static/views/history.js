// History: how the team does from drill to drill.

import { Empty, ErrorNote, Loading, html, usePoll } from "../lib.js";
import { dateTime, duration, milliseconds, money, percent, plain } from "../logic/format.js";
import { Calibration, Trend } from "../parts/plots.js";

const time = (ms) => milliseconds(ms && Math.round(ms / 100) * 100);

const wall = (took) => took && took.wall_ms;

const BOARD = [
  ["drills", "drills counted", plain],
  ["mttd_ms", "TTD (detect), from the fault", time],
  ["mtta_ms", "TTA (acknowledge), from the page", time],
  ["mtti_ms", "TTI (identify), from the page", time],
  ["mttm_ms", "TTM (mitigate), from the page", time],
  ["mttr_ms", "TTR (recover), from the page", time],
  ["mean_first_update_ms", "first update, from the page", time],
  ["mean_users_affected", "users affected", (value) => plain(value, 0)],
  ["mean_revenue_lost", "revenue lost", money],
  ["recurrence_rate", "recurrence rate", percent],
  ["mean_brier", "Brier score", (value) => plain(value, 3)],
];
const TRENDS = [
  ["TTM (mitigate), from the page", (one) => wall(one.kpis.times.ttm), time, true],
  ["TTI (identify), from the page", (one) => wall(one.kpis.times.tti), time, true],
  ["TTA (acknowledge), from the page", (one) => wall(one.kpis.times.tta), time, true],
  ["Users affected", (one) => one.kpis.users_affected, plain, true],
  ["Points, in % of those that applied", (one) => (one.points_max ? (100 * one.points) / one.points_max : null), plain, false],
  ["Brier score", (one) => one.brier, (value) => plain(value, 3), true],
];

export default function History() {
  const { data, error, again } = usePoll("/v1/history");
  if (error) return html`<${ErrorNote} error=${error} />`;
  if (!data) return html`<${Loading} />`;
  const counted = data.drills.filter((one) => one.counts && one.drill_id !== data.running);
  return html`<div class="v-page">
    <section class="card"><header class="v-bar"><h2>Averages</h2><span class="v-push"></span><button type="button" class="button" onClick=${again}>Refresh</button></header>
      <dl class="v-board">${BOARD.map(([key, words, format]) => html`<div key=${key}><dt>${words}</dt><dd>${format(data.averages[key])}</dd></div>`)}</dl></section>
    <section class="card"><h2>Trends</h2>
      ${counted.length ? html`<div class="v-trends">${TRENDS.map(([words, of, format, isGoodLow]) => html`<${Trend} key=${words} title=${words} format=${format} isGoodLow=${isGoodLow}
        points=${counted.map((one) => ({ label: `${one.drill_id} ${one.scenario}`, value: of(one) }))} />`)}</div>` : html`<${Empty}>Trends need two finished drills.<//>`}</section>
    <div class="v-columns">
      <section class="card"><h2>Calibration over all drills</h2><${Calibration} bins=${data.reliability} /></section>
      <section class="card"><h2>Drills</h2><${Drills} data=${data} /></section>
    </div>
    ${data.unreadable.length > 0 && html`<p class="v-note">Left out, because their records cannot be read: ${data.unreadable.join("; ")}</p>`}
  </div>`;
}

function Drills({ data }) {
  return html`<div class="scroll" tabIndex="0"><table><thead><tr><th>started</th><th>drill</th><th>scenario</th><th>outcome</th><th class="num">TTM, from the page</th><th class="num">points</th></tr></thead>
    <tbody>${[...data.drills].reverse().map((one) => html`<tr key=${one.drill_id} class=${one.counts ? "" : "muted"} title=${one.excluded_because ? `excluded: ${one.excluded_because}` : ""}>
      <td>${dateTime(Date.parse(one.began_at))}</td><td class="mono">${one.drill_id}${one.drill_id === data.running ? " (now)" : ""}</td><td>${one.scenario}</td>
      <td>${one.outcome}${one.excluded_because ? ", excluded" : ""}</td><td class="num">${duration(one.kpis.times.ttm)}</td><td class="num">${one.points} of ${one.points_max}${one.bonus ? ` + ${one.bonus}` : ""}</td></tr>`)}</tbody></table></div>`;
}
