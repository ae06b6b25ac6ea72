// The slides of the workshop: what is told, and the drill's own charts beside it.

import { ErrorNote, html, useLive, useMemo, usePoll } from "../lib.js";
import { record, timetable } from "../logic/deck.js";
import { milliseconds, percent, plain } from "../logic/format.js";
import { marks as marksOf, windows } from "../logic/moments.js";
import { useServices } from "./kit.js";
import { Calls, Measured, SERIES, useSpan } from "./measured.js";

const list = (lines) => html`<ul>${lines.map((line) => html`<li key=${line}>${line}</li>`)}</ul>`;
const RING = ["a", "b", "c"];
const LISTING = ["gateway", "orders"];
const series = (title) => SERIES.find((one) => one.title.startsWith(title));

function Goals() {
  return html`<h2>3 A.M. Drill: AI-era system owner</h2>
    <p class="lead">Diagnose, remediate and harden systems under realistic failures: people investigate first, AI helps with the fix.</p>
    ${list(["Find the root cause under pressure", "Use AI responsibly: only for a verified cause", "Improve observability and specs with what you learned", "Build the habit of investigating in a crisis"])}`;
}

function Agenda({ agenda }) {
  return html`<h2>Agenda: ${agenda.title}</h2><table class="timetable"><thead><tr><th>time</th><th>phase</th><th>AI</th></tr></thead>
    <tbody>${timetable(agenda.phases).map((one) => html`<tr key=${one.title}><td class="mono">${one.time}</td><th scope="row">${one.title}</th><td>${one.ai === "open" ? "open" : one.ai === "closed" ? "closed" : "for a verified cause"}</td></tr>`)}</tbody></table>`;
}

function Phases({ agenda }) {
  return html`<h2>Phases</h2><div class="flow">${timetable(agenda.phases).map((one) => html`<section key=${one.title}><span class="mono">${one.time}</span><i style=${{ width: `${Math.max(one.share, 1)}%` }}></i>
    <div><strong>${one.title}</strong>${one.objectives.length > 0 && html` <span class="muted">${one.objectives.join(" · ")}</span>`}</div></section>`)}</div>`;
}

function Drift({ charts }) {
  return html`<h2>Floating-point drift in the ledger</h2><div class="halves"><div>
    <p>Amounts kept as binary floats lose fractions of a cent; sums that are made in two ways part.</p>
    ${list(["Detect the drift: ledger and payments are two sums of the same orders", "Decimal in place of float, rounded where the tax rule says", "Replay requests: posting twice must change nothing"])}
    <pre class="v-pre">running_total = sum(float(line.amount) for line in lines)  # drifts${"\n"}running_total = sum((line.amount for line in lines), Decimal(0))  # exact</pre></div>
    <${Measured} one=${series("Ledger")} ...${charts} /></div>`;
}

function Circle({ charts, services }) {
  return html`<h2>Circular calls</h2><div class="halves"><div>
    <p>A calls B, B calls C, C calls A: under load each waits for a worker that waits for it.</p>
    ${list(["Trace the cycle: one trace enters the same service twice", "Finite timeouts, circuit breakers, queues in between", "Workers are limited: watch how many wait"])}
    <${Measured} one=${series("Throughput")} only=${RING} ...${charts} /></div><${Calls} services=${services} span=${charts.span} times=${charts.times} /></div>`;
}

const WAYS = [["sequential", [0, 1, 2, 3, 4, 5], 1], ["batched", [0], 2], ["async", [0, 0, 0, 0, 0, 0], 1.2]];

/** Six answers that are needed: one after the other, all in one, all at once. */
function Ways() {
  return html`<svg class="ways" viewBox="0 0 320 150" role="img" aria-label="Sequential calls take the sum of their times; a batched call or parallel calls take about as long as one">
    ${WAYS.map(([name, begins, long], row) => html`<g key=${name} transform=${`translate(0, ${row * 50})`}><text x="0" y="26">${name}</text>
      ${begins.map((at, index) => html`<rect key=${index} x=${86 + at * 38} y=${name === "async" ? 4 + index * 6 : 14} width=${36 * long} height=${name === "async" ? 4 : 16} rx="2" />`)}</g>`)}</svg>`;
}

function Storm({ charts }) {
  return html`<h2>N+1 queries</h2><div class="halves"><div>
    <p>One query for the list, then one for each row, each over the network: latency grows with the data.</p>
    ${list(["See the loop: the same statement, many times in one trace", "Batch queries that belong together", "Run in parallel what cannot be batched; cache what rarely changes"])}<${Ways} /></div>
    <div><${Measured} one=${series("Statements")} only=${LISTING} ...${charts} /><${Measured} one=${series("Latency")} only=${LISTING} ...${charts} /></div></div>`;
}

function Reflection({ agenda }) {
  const asked = agenda.phases.flatMap((one) => one.questions);
  const questions = asked.length ? asked : ["What early signals did you observe?", "Which tracing approach helped most?", "Which assumption delayed finding the cause?"];
  return html`<h2>Tea break</h2><p class="lead">Talk to the table next to yours.</p>${list([...new Set(questions)])}`;
}

const BOARD = [["drift", "Floating-point drift"], ["deadlock", "Circular calls"], ["n-plus-one", "N+1 queries"], ["timeouts", "Timeouts"]];

function Metrics({ agenda, past }) {
  return html`<h2>Success metrics</h2><div class="halves">${list(agenda.objectives)}
    <table><thead><tr><th>scenario</th><th class="num">drills</th><th class="num">healed</th><th class="num">fastest</th></tr></thead>
    <tbody>${BOARD.map(([word, title]) => {
      const found = record(past?.drills || [], word);
      return html`<tr key=${word}><th scope="row">${title}</th><td class="num">${plain(found.drills)}</td><td class="num">${found.drills ? percent(found.mitigated / found.drills, 0) : "–"}</td><td class="num">${milliseconds(found.fastestMs)}</td></tr>`;
    })}</tbody></table></div>`;
}

function Notes() {
  return html`<h2>For the instructor</h2>${list(["Rotate scenarios: nobody should know the answer from last time", "Trace by hand first; use AI for the fix", "Require a postmortem with specs, guardrails and owners", "Tea breaks are checkpoints for reflection", "AI is a tool; people own production"])}`;
}

/** The slides in order, each `{id, body}`. */
export function useSlides() {
  const { data: agenda, error } = usePoll("/v1/instructor/deck");
  const { data: past } = usePoll("/v1/history");
  const { records } = useLive();
  const services = useServices();
  const span = useSpan(records);
  const marks = useMemo(() => marksOf(records), [records]);
  const times = useMemo(() => windows(records, span.end), [records, span.end]);
  if (error) return [{ id: "error", body: html`<${ErrorNote} error=${error} />` }];
  if (!agenda) return [];
  const charts = { span, marks, times };
  return Object.entries({
    goals: html`<${Goals} />`, agenda: html`<${Agenda} agenda=${agenda} />`, phases: html`<${Phases} agenda=${agenda} />`,
    drift: html`<${Drift} charts=${charts} />`, circle: html`<${Circle} charts=${charts} services=${services} />`, storm: html`<${Storm} charts=${charts} />`,
    tea: html`<${Reflection} agenda=${agenda} />`, metrics: html`<${Metrics} agenda=${agenda} past=${past} />`, notes: html`<${Notes} />`,
  }).map(([id, body]) => ({ id, body }));
}
