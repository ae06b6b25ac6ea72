// What an instructor runs a drill with: agenda, messages, people, cause, judgement, the answer.

import { Badge, Button, Card, Empty, ErrorNote, api, html, toast, useAct, useLive, useMemo, usePoll, useState, useStream } from "../lib.js";
import { fromPage, stopwatch } from "../logic/format.js";
import { Causes } from "../parts/causes.js";
import { RubricGrading } from "../parts/rubric-grading.js";
import { Picker } from "../parts/picker.js";

function Agenda({ exercise }) {
  const { clock, phases, speed } = exercise;
  const [reason, setReason] = useState("");
  const turn = useAct((what, body) => api.post(`/v1/instructor/${what}`, body));
  const at = phases.findIndex((one) => one.id === clock.phase);
  return html`<${Card} title=${exercise.title} className="span12" id="agenda" actions=${speed !== 1 && html`<${Badge} kind="info">${speed}× speed<//>`}>
    <ol class="agenda">${phases.map((one, index) => html`<li key=${one.id} aria-current=${clock.is_running && index === at ? "step" : undefined} class=${index < at ? "muted" : ""}>
      <span>${index < at ? "✓ " : ""}${one.title}</span><span class="figure">${one.duration_s === null ? "open" : stopwatch(one.duration_s)}</span></li>`)}</ol>
    <div class="actions">
      ${!clock.is_running && html`<${Button} kind="primary" busy=${turn.busy} onClick=${() => turn.run("start")}>Start the clock<//>`}
      ${clock.is_running && !clock.is_over && html`
        ${clock.is_paused ? html`<${Button} kind="primary" busy=${turn.busy} onClick=${() => turn.run("resume")}>Resume<//>` : html`<${Button} busy=${turn.busy} onClick=${() => turn.run("pause", { reason })}>Pause<//>`}
        ${clock.remaining_s !== null && [1, 5].map((more) => html`<${Button} key=${more} busy=${turn.busy} onClick=${() => turn.run("extend", { extra_s: more * 60 })}>+${more} min<//>`)}
        <${Button} busy=${turn.busy} onClick=${() => turn.run("skip", { phase: clock.phase })}>Next phase<//>`}
    </div>
    ${clock.is_running && !clock.is_paused && !clock.is_over && html`<input aria-label="Reason for the pause" placeholder="Reason for the pause (recorded)" value=${reason} onInput=${(event) => setReason(event.target.value)} />`}
    <${ErrorNote} error=${turn.error} />
  <//>`;
}

function Messages() {
  const { data, error, again } = usePoll("/v1/instructor/plan");
  useStream(["inject.delivered"], again);
  const send = useAct(async (id) => {
    await api.post("/v1/instructor/messages", { id });
    toast(`Sent: ${id}`);
  });
  return html`<${Card} title="Messages" className="span12" id="messages">
    ${data && !data.length && html`<${Empty}>This agenda has no messages.<//>`}
    <ul class="plain">${(data || []).map((one) => html`<li class="piece" key=${one.id}>
      <div><strong>${one.sender}</strong> <span class="muted">${one.kind}, ${one.when}</span><div>${one.text}</div></div>
      ${one.delivered ? html`<${Badge} kind="quiet">sent<//>` : html`<${Button} busy=${send.busy} onClick=${() => send.run(one.id)} aria-label=${`Send now: ${one.id}`}>Send now<//>`}
    </li>`)}</ul>
    <${ErrorNote} error=${send.error || error} />
  <//>`;
}

/** Who is here, and what each did last, for the people who read over a shoulder. */
function People({ roles }) {
  const { records, status } = useLive();
  const last = useMemo(() => {
    const found = new Map();
    for (const one of records) if (one.label) found.set(one.actor, one);
    return found;
  }, [records]);
  const people = new Map();
  for (const [role, held] of Object.entries(roles)) for (const person of held) people.set(person, [...(people.get(person) || []), role]);
  return html`<${Card} title="People" className="span12" id="people">
    ${!people.size && html`<${Empty}>Nobody has taken a role yet.<//>`}
    <ul class="plain">${[...people].map(([person, held]) => {
      const seen = last.get(person);
      return html`<li class="piece" key=${person}><div><strong>${person}</strong> <span class="muted">${held.join(", ")}</span></div>
        <div class="muted">${seen ? `${fromPage(seen, status.pages)} ${seen.label}: ${seen.text}` : "no activity yet"}</div></li>`;
    })}</ul>
  <//>`;
}

function Hints({ given, hints }) {
  const give = useAct(() => api.post("/v1/instructor/hint"));
  const next = hints[given.length];
  return html`<${Card} title="Hints" className="span12" id="hints" actions=${html`<${Button} busy=${give.busy} disabled=${!next} onClick=${() => give.run()}>Give next hint<//>`}>
    <p class="muted">Each hint costs the team points. ${given.length} of ${hints.length} given.</p>
    ${next && html`<details><summary>Next hint</summary><p>${next}</p></details>`}
    <${ErrorNote} error=${give.error} />
  <//>`;
}

function Answer({ answer }) {
  const [sure, setSure] = useState(false);
  const { records } = useLive();
  const revealed = records.some((one) => one.type === "answer.revealed");
  const reveal = useAct(() => api.post("/v1/instructor/reveal"));
  return html`<${Card} title="Answer" className="span12" id="answer">
    <details><summary>Show the answer on this screen</summary>
      <p class="muted">${answer.scenario}, seed ${answer.seed}</p>
      ${!answer.faults.length && html`<p>This drill has no fault.</p>`}
      ${answer.faults.map((one) => html`<p key=${one.id}><strong>${one.title}</strong><br />${one.service}: ${one.mechanism}, <code>${one.locus}</code></p>`)}
    </details>
    ${revealed ? html`<p><${Badge} kind="info">revealed<//> The team can see the answer, and the seal is open.</p>` : html`
      <label class="field"><input type="checkbox" checked=${sure} onChange=${(event) => setSure(event.target.checked)} /> The exercise is over; show the answer to everybody</label>
      <${Button} kind="danger" busy=${reveal.busy} disabled=${!sure} onClick=${() => reveal.run()}>Reveal the answer<//>`}
    ${reveal.error && html`<${ErrorNote} error=${reveal.error} />`}
  <//>`;
}

/** The last act: the score is closed, and everything that runs is taken down. */
function Ending() {
  const { over } = useLive();
  const [sure, setSure] = useState(false);
  const finish = useAct(async () => {
    await api.post("/v1/finish");
    toast("The drill is ending");
  });
  return html`<${Card} title="End of the drill" className="span12" id="ending">
    <p class="muted">Closes the score, reveals the answer and stops the shop. The drill’s folder keeps everything written.</p>
    <label class="field"><input type="checkbox" checked=${sure} onChange=${(event) => setSure(event.target.checked)} /> Everybody has finished writing</label>
    <${Button} kind="danger" busy=${finish.busy} disabled=${!sure || over !== null} onClick=${() => finish.run()}>End the drill<//>
    <${ErrorNote} error=${finish.error} />
  <//>`;
}

const NO_ANSWER = { scenario: "", seed: "", faults: [], declared: [], evidence_min: 0 };

export default function Instructor() {
  const { status } = useLive();
  const { exercise } = status;
  const { data, error, again } = usePoll("/v1/answer");
  useStream(["diagnosis.declared"], again);
  const answer = data || NO_ANSWER;
  const hints = answer.faults.flatMap((one) => one.hints);
  return html`<div class="columns">
    <div class="grid"><${Agenda} exercise=${exercise} /><${Messages} /></div>
    <div class="grid"><${ErrorNote} error=${error} /><${Causes} answer=${answer} /><${People} roles=${exercise.roles} /><${Hints} given=${exercise.hints} hints=${hints} /><${RubricGrading} />${data && html`<${Answer} answer=${data} />`}<${Ending} /></div>
  </div><div class="grid next"><${Picker} /></div>`;
}
