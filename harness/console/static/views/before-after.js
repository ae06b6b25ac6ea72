// Before and after: what was measured when all was well, at the page, and since the fix.

import { Button, Empty, html, useLive, useMemo } from "../lib.js";
import { clock, plain } from "../logic/format.js";
import { marks as marksOf, windows } from "../logic/moments.js";
import { useServices } from "../parts/kit.js";
import { Calls, Measured, SERIES, useSpan } from "../parts/measured.js";
import { Progress, useRun } from "../parts/run.js";

export default function BeforeAfter() {
  const { records: events } = useLive();
  const services = useServices();
  const span = useSpan(events);
  const marks = useMemo(() => marksOf(events), [events]);
  const times = useMemo(() => windows(events, span.end), [events, span.end]);
  const verifications = events.filter((event) => event.type === "verify.finished");
  return html`<div class="v-page">
    ${!times.broken && html`<p class="v-note">No page yet; healthy baseline.</p>`}
    <${Objectives} verifications=${verifications} />
    <${Calls} services=${services} span=${span} times=${times} />
    <div class="v-columns">${SERIES.map((one) => html`<${Measured} key=${one.title} one=${one} span=${span} marks=${marks} times=${times} />`)}</div>
  </div>`;
}

function Verify() {
  const { run, isBusy, start } = useRun();
  return html`<div><${Button} kind="primary" busy=${isBusy} onClick=${() => start("/v1/verifications", {}, "Verification")}>${isBusy ? "Verifying under stress …" : "Verify"}<//>
    <${Progress} run=${run} /></div>`;
}

function Objectives({ verifications }) {
  if (!verifications.length) return html`<section class="card"><h2>Objectives</h2><${Empty}>Not verified yet. A verification loads the shop and measures every objective.<//><${Verify} /></section>`;
  const newest = verifications.at(-1);
  const figure = (value) => (value === null || typeof value === "string" ? "–" : plain(value));
  return html`<section class="card"><h2>Objectives at ${clock(Date.parse(newest.time))}: ${newest.data.passed ? html`<span class="v-good">✓ all met</span>` : html`<span class="v-bad">✕ not met</span>`}</h2>
    <div class="scroll" tabIndex="0"><table><thead><tr><th>measure</th><th class="num">healthy</th><th class="num">at the page</th>
      ${verifications.slice(-4).map((one) => html`<th key=${one.id} class="num">${clock(Date.parse(one.time))}</th>`)}<th>objective</th></tr></thead>
    <tbody>${newest.data.results.map((row) => html`<tr key=${row.measure}><th scope="row">${row.measure.replaceAll("_", " ")}</th><td class="num">${figure(row.healthy)}</td><td class="num">${figure(row.at_page)}</td>
      ${verifications.slice(-4).map((one) => {
        const found = one.data.results.find((each) => each.measure === row.measure);
        const said = !found ? "–" : found.holds ? `✓ ${figure(found.value)}` : found.value === null ? "no data" : `✕ ${figure(found.value)}`;
        return html`<td key=${one.id} class=${`num ${found ? (found.holds ? "v-good" : found.value === null ? "v-warn" : "v-bad") : ""}`}>${said}</td>`;
      })}<td>${row.bound}</td></tr>`)}</tbody></table></div><${Verify} /></section>`;
}
