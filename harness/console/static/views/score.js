// Score: every line of the rubric with its points and the events that decided it.

import { Empty, ErrorNote, Loading, html, useLive, useMemo, usePoll, useState } from "../lib.js";
import { clock, duration, milliseconds } from "../logic/format.js";
import { Calibration } from "../parts/plots.js";

const EVERY_MS = 10_000;
const VERDICTS = {
  given: ["good", "✓"],
  "not given": ["bad", "✕"],
  "for the instructor": ["warn", "…"],
  "no data": ["muted", "–"],
  "does not apply": ["muted", "○"],
  judged: ["accent", "★"],
};
const PATTERNS = {
  panic: "Panic: actions before hypotheses.",
  structured: "Structured: investigation first, then action.",
  mixed: "Mixed: some of both.",
  "no data": "Not enough data yet.",
};

export default function Score() {
  const { data, error } = usePoll("/v1/score", EVERY_MS);
  const { records } = useLive();
  const bySeq = useMemo(() => new Map(records.map((event) => [Number(event.id), event])), [records]);
  if (error && !data) return html`<${ErrorNote} error=${error} />`;
  if (!data) return html`<${Loading} />`;
  return html`<div class="v-page">
    <div class="v-sums">
      <p class="v-figure">${data.total}<small> of ${data.total_max}</small></p>
      <p class="v-figure">+${data.bonus}<small> of ${data.bonus_max} bonus</small></p>
      ${data.hint_points > 0 && html`<p class="v-figure v-warn">−${data.hint_points}<small> for hints</small></p>`}
      <p class="v-figure muted">${data.open_points}<small> not graded yet</small></p>
      <p class="v-figure muted">${data.brier === null ? "–" : data.brier.toFixed(3)}<small> Brier score: 0 is perfect, 0.25 a coin toss</small></p>
    </div>
    ${data.sections.map((section) => html`<${Section} key=${section.id} section=${section} bySeq=${bySeq} />`)}
    <div class="v-columns">
      <${Pattern} classification=${data.classification} bySeq=${bySeq} />
      <section class="card"><h2>Calibration</h2><${Calibration} bins=${data.reliability} /></section>
    </div>
    <${Review} table=${data.table} cadence=${data.cadence} etas=${data.etas} cause=${data.cause_time} />
  </div>`;
}

function Section({ section, bySeq }) {
  return html`<section class="card"><header class="v-bar"><h2>${section.title}</h2><span class="v-push"></span><b>${section.points} of ${section.points_max}${section.is_bonus ? " bonus" : ""}</b></header>
    <ul class="v-lines">${section.lines.map((line) => html`<${Line} key=${line.line} line=${line} bySeq=${bySeq} />`)}</ul></section>`;
}

function Line({ line, bySeq }) {
  const [isOpen, setOpen] = useState(false);
  const [tone, sign] = VERDICTS[line.verdict];
  return html`<li>
    <button type="button" class="v-line-head" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}>
      <span class=${`v-${tone}`} title=${line.verdict}>${sign}</span>
      <span>${line.text}<small class="muted"> ${line.because}</small></span>
      <span class="num">${line.verdict === "does not apply" ? "does not apply" : `${line.points} / ${line.points_max}`}</span>
    </button>
    ${isOpen && html`<${Deciders} seqs=${line.seqs} bySeq=${bySeq} verdict=${line.verdict} />`}
  </li>`;
}

function Deciders({ seqs, bySeq, verdict }) {
  if (!seqs.length) return html`<p class="muted v-deciders">${verdict}: no recorded event decides this line.</p>`;
  return html`<ul class="v-deciders">${seqs.map((seq) => html`<li key=${seq}>${said(seq, bySeq.get(seq))}</li>`)}</ul>`;
}

/** An event in a line; those for the instructor alone are not in a participant's record. */
function said(seq, event) {
  if (!event) return html`<span class="mono">#${seq}</span>`;
  const { text, summary, reason, expectation, what_happened: happened, known, hypotheses, service } = event.data;
  const words = text ?? summary ?? happened ?? expectation ?? known?.join("; ") ?? hypotheses?.map((one) => `${one.text} (${one.probability_percent} %)`).join("; ") ?? service ?? reason ?? "";
  return html`<span class="mono">#${seq} ${clock(Date.parse(event.time))}</span> <b>${event.type}</b> ${event.data.by ?? event.actor} <span class="muted">${String(words).slice(0, 200)}</span>`;
}

const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;

function Pattern({ classification, bySeq }) {
  const { pattern, signs, actions, hypotheses } = classification;
  const tone = { panic: "bad", structured: "good", mixed: "warn" }[pattern] ?? "muted";
  return html`<section class="card"><h2>Panic or structured</h2>
    <p class=${`v-figure v-${tone}`}>${pattern}</p><p>${PATTERNS[pattern]} ${counted(actions, "action", "actions")}, ${counted(hypotheses, "hypothesis", "hypotheses")}.</p>
    <ul class="v-lines">${signs.map((sign) => html`<li key=${sign.name}><p><span class=${sign.says === "panic" ? "v-bad" : "v-good"}>${sign.says === "panic" ? "▲" : "✓"}</span> ${sign.name} <span class="muted">${sign.what}</span></p>
      <${Deciders} seqs=${sign.seqs} bySeq=${bySeq} verdict="" /></li>`)}</ul></section>`;
}

function Review({ table, cadence, etas, cause }) {
  return html`<section class="card"><h2>Forecasts and outcomes</h2>
    ${table.length ? html`<div class="scroll" tabIndex="0"><table><thead><tr><th>decision</th><th>confidence</th><th>outcome</th><th>calibrated</th></tr></thead>
      <tbody>${table.map((row, index) => html`<tr key=${index}><td>${row.decision}</td><td>${row.confidence}</td><td>${row.outcome}</td><td>${row.calibrated}</td></tr>`)}</tbody></table></div>` : html`<${Empty}>No forecasts recorded.<//>`}
    ${etas.length > 0 && html`<ul class="v-lines">${etas.map((eta) => html`<li key=${eta.seq}>${eta.label}: ${eta.outcome}. ${eta.verdict}</li>`)}</ul>`}
    <p>${counted(cadence.updates, "update", "updates")}; first ${duration(cadence.first)} from the page${verdict(cadence.first_in_time)}, longest gap ${duration(cadence.longest_gap)}${verdict(cadence.gaps_in_time)}.</p>
    ${cause.target_ms !== null && html`<p>TTI (identify), from the page: ${duration(cause.took)}; the agenda allows ${milliseconds(cause.target_ms)} of its time${verdict(cause.met)}.</p>`}</section>`;
}

function verdict(inTime) {
  return inTime === null ? "" : inTime ? " (in time)" : " (late)";
}
