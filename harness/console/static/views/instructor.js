// For the instructor alone: the clock, what is thrown at the team, the answer, who does what.

import { Badge, Button, Card, Empty, ErrorNote, Field, Loading, api, fmt, html, toast, useAct, useLive, usePoll, useState } from "../lib.js";
import { told } from "../parts/told.js";

function Clock({ exercise }) {
  const [extra, setExtra] = useState(5);
  const act = useAct(async (what, body) => { await api.post(`/v1/instructor/${what}`, body); toast(`Clock: ${what}`); });
  const { clock } = exercise;
  return html`<${Card} title="Clock" className="span6" id="clock">
    <p><strong>${exercise.title}</strong>, ${exercise.speed}× speed</p>
    <ol>${exercise.phases.map((one) => html`<li key=${one.id} aria-current=${one.id === clock.phase ? "step" : undefined}>${one.id === clock.phase ? html`<strong>${one.title}</strong> <${Badge} kind=${clock.is_paused ? "warn" : "good"}>${clock.is_paused ? "paused" : "now"}<//>` : one.title} <span class="muted">${one.duration_s === null ? "no end" : fmt.clock(one.duration_s)}</span></li>`)}</ol>
    <div class="actions">
      ${!clock.is_running && html`<${Button} kind="primary" busy=${act.busy} onClick=${() => act.run("start")}>Start<//>`}
      ${clock.is_paused ? html`<${Button} busy=${act.busy} onClick=${() => act.run("resume")}>Resume<//>` : html`<${Button} busy=${act.busy} onClick=${() => act.run("pause", { reason: "" })}>Pause<//>`}
      <${Button} busy=${act.busy} onClick=${() => act.run("skip")}>Next phase<//>
      <input type="number" min="1" max="120" class="minutes" aria-label="Minutes more" value=${extra} onInput=${(e) => setExtra(e.target.value)} />
      <${Button} busy=${act.busy} onClick=${() => act.run("extend", { extra_s: Number(extra) * 60 })}>minutes more<//>
    </div><${ErrorNote} error=${act.error} />
  <//>`;
}

function Throw() {
  const { data, again } = usePoll("/v1/instructor/messages", 5000);
  const act = useAct(async (path, body, said) => { await api.post(path, body); toast(said); again(); });
  return html`<${Card} title="Throw at the team" className="span6" id="throw">
    ${!data && html`<${Loading} />`}
    <div class="actions">${(data || []).map((id) => html`<${Button} key=${id} busy=${act.busy} onClick=${() => act.run("/v1/instructor/messages", { id }, `Thrown: ${id}`)}>${id.replaceAll("-", " ")}<//>`)}
    ${data && !data.length && html`<${Empty}>Nothing is left to throw by hand.<//>`}</div>
    <h3>Help</h3><${Button} busy=${act.busy} onClick=${() => act.run("/v1/instructor/hint", {}, "Hint given")}>Give the next hint (costs points)<//>
    <${ErrorNote} error=${act.error} />
  <//>`;
}

function Answer() {
  const { data, error } = usePoll("/v1/answer");
  const { records } = useLive();
  const declared = records.filter((one) => one.type === "diagnosis.declared");
  const act = useAct(async (path, body, said) => { await api.post(path, body); toast(said); });
  return html`<${Card} title="The answer" className="span6" id="answer">
    <${ErrorNote} error=${error} />
    ${data && (data.faults.length ? data.faults.map((one) => html`<div key=${one.id}><p><strong>${one.title}</strong></p><p class="muted">${one.service}, ${one.mechanism}, <code>${one.locus}</code></p></div>`) : html`<p>Nothing is wrong in this drill.</p>`)}
    <h3>What the team declared</h3>
    ${!declared.length && html`<${Empty}>Nothing yet.<//>`}
    ${declared.slice(-3).map((one) => html`<div class="page-alert" key=${one.id}><span>${told(one).text}</span><div class="actions">
      <${Button} busy=${act.busy} onClick=${() => act.run("/v1/instructor/confirm", { right: true, diagnosis_seq: Number(one.id) }, "Confirmed")}>Right<//>
      <${Button} busy=${act.busy} onClick=${() => act.run("/v1/instructor/confirm", { right: false, diagnosis_seq: Number(one.id) }, "Not confirmed")}>Not yet<//></div></div>`)}
    <h3>Reveal</h3><${Button} kind="danger" busy=${act.busy} onClick=${() => act.run("/v1/instructor/reveal", {}, "Revealed to everybody")}>Reveal the answer to everybody<//>
    <${ErrorNote} error=${act.error} />
  <//>`;
}

function People({ records }) {
  const doing = new Map();
  for (const one of records) {
    const who = one.data?.by || one.data?.person;
    if (who && !["participant", "instructor", "runtime", "harness"].includes(who)) doing.set(who, one);
  }
  return html`<${Card} title="Who does what" className="span6" id="people">
    ${!doing.size && html`<${Empty}>Nobody has done anything under a name yet.<//>`}
    <table><tbody>${[...doing].map(([who, one]) => html`<tr key=${who}><td><strong>${who}</strong></td><td>${told(one).kind}: ${told(one).text}</td><td class="num">${fmt.drillTime(one.drilltimems)}</td></tr>`)}</tbody></table>
  <//>`;
}

function Judge() {
  const { data, error, again } = usePoll("/v1/score", 10000);
  const [given, setGiven] = useState({});
  const act = useAct(async (line, points) => { await api.post("/v1/instructor/judge", { line, points: Number(points), note: "" }); again(); toast("Judged"); });
  const open = (data?.sections || []).flatMap((section) => section.lines).filter((line) => line.verdict === "for the instructor");
  return html`<${Card} title="For you to judge" className="span12" id="judge">
    <${ErrorNote} error=${error || act.error} />
    ${data && !open.length && html`<${Empty}>No line of the rubric waits for you now.<//>`}
    ${open.map((line) => html`<div class="page-alert" key=${line.line}><span>${line.text}</span><div class="actions"><input type="number" min="0" max=${line.points_max} class="minutes" aria-label=${`points for ${line.text}`} value=${given[line.line] ?? ""} onInput=${(e) => setGiven({ ...given, [line.line]: e.target.value })} /> of ${line.points_max} <${Button} busy=${act.busy} onClick=${() => act.run(line.line, given[line.line])}>Give<//></div></div>`)}
  <//>`;
}

export default function Instructor() {
  const { status, records } = useLive();
  return html`<div class="grid">
    <${Clock} exercise=${status.exercise} /><${Answer} /><${Throw} /><${People} records=${records} /><${Judge} />
  </div>`;
}
