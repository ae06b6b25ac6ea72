// Which alert is source and which is symptom, and at last the one cause that the team stands by.

import { Badge, Button, Card, Empty, ErrorNote, Field, api, html, toast, useAct, useDraft, useLive, useMemo, useState } from "../lib.js";
import { hypothesisFor } from "../logic/declaring.js";
import { clock } from "../logic/format.js";
import { Links } from "./evidence.js";
import { Lines, Percent, Pick } from "./inputs.js";

export function Marks({ choices }) {
  const { records } = useLive();
  const alerts = useMemo(() => {
    const found = new Map();
    for (const one of records) {
      if (one.type === "alert.fired") found.set(one.data.name, { name: one.data.name, summary: one.data.summary, mark: found.get(one.data.name)?.mark || "" });
      if (one.type === "alert.marked") found.set(one.data.alert, { ...found.get(one.data.alert), mark: one.data.mark, by: one.data.by });
    }
    return [...found.values()];
  }, [records]);
  const mark = useAct((alert, as) => api.post("/v1/marks", { alert, mark: as }));
  return html`<${Card} title="Source or symptom" className="span12" id="marks">
    ${!alerts.length && html`<${Empty}>No alerts yet.<//>`}
    <ul class="plain">${alerts.map((one) => html`<li class="piece" key=${one.name}><div><strong>${one.name}</strong> <span class="muted">${one.summary}</span></div>
      <div class="actions" role="group" aria-label=${`What ${one.name} is`}>${choices.marks.map((as) => html`<${Button} key=${as} aria-pressed=${one.mark === as} busy=${mark.busy} onClick=${() => mark.run(one.name, as)}>${as}<//>`)}</div></li>`)}</ul>
    <${ErrorNote} error=${mark.error} />
  <//>`;
}

const START = { service: "", mechanism: "", confidence: 70, note: "", from: "", dropped: [] };

export function Declare({ choices, list }) {
  const { records } = useLive();
  const [draft, setDraft, taken] = useDraft("declare", START);
  const [sure, setSure] = useState(false);
  const leading = [...list].sort((a, b) => b.probability - a.probability)[0];
  const service = draft.service || leading?.service || "";
  const mechanism = draft.mechanism || leading?.mechanism || "";
  const from = list.find((one) => one.id === draft.from) || hypothesisFor(list, service, mechanism);
  const evidence = (from?.for || []).filter((link) => !draft.dropped.includes(link));
  const put = (change) => setDraft((before) => ({ ...before, ...change }));
  // Another cause stands on other evidence.
  const pick = (change) => put({ ...change, from: "", dropped: [] });
  const declared = records.filter((one) => one.type === "diagnosis.declared");
  const confirmed = new Map(records.filter((one) => one.type === "cause.confirmed").map((one) => [String(one.data.diagnosis_seq), one.data.right]));
  const declare = useAct(async (event) => {
    event.preventDefault();
    await api.post("/v1/diagnoses", { service, mechanism, confidence: draft.confidence, evidence, note: draft.note });
    taken(draft);
    setSure(false);
    toast("Diagnosis submitted");
  });
  return html`<${Card} title="Diagnosis" className="span12" id="declare">
    ${declared.map((one) => html`<p class="note" key=${one.id}><time class="muted">${clock(one.time)}</time> <strong>${one.data.service}: ${one.data.mechanism}</strong>, ${one.data.confidence_percent} % sure, by ${one.data.by}
      ${" "}${confirmed.has(one.id) && html`<${Badge} kind=${confirmed.get(one.id) ? "good" : "bad"}>${confirmed.get(one.id) ? "confirmed" : "rejected"}<//>`}</p>`)}
    <form onSubmit=${declare.run}>
      <div class="two"><${Pick} label="Service" required none="choose" value=${service} of=${choices.services} onPick=${(chosen) => pick({ service: chosen })} />
        <${Pick} label="Mechanism" required none="choose" value=${mechanism} of=${choices.mechanisms} onPick=${(chosen) => pick({ mechanism: chosen })} /></div>
      <div class="field"><span class="label">Confidence</span><${Percent} label="Confidence" value=${draft.confidence} onNumber=${(confidence) => put({ confidence })} /></div>
      <${Lines} label="Details and reasoning" rows=${3} value=${draft.note} onText=${(note) => put({ note })} />
      ${list.length > 0 && html`<${From} list=${list} from=${from} onPick=${(id) => put({ from: id, dropped: [] })} />`}
      ${evidence.length ? html`<${Links} label="Evidence of the cause" links=${evidence} onRemove=${(link) => put({ dropped: [...draft.dropped, link] })} />` : html`<p class="muted">${from ? `No evidence is attached to ${from.id}.` : "No evidence: no hypothesis names this cause."}</p>`}
      <label class="field"><input type="checkbox" checked=${sure} onChange=${(event) => setSure(event.target.checked)} /> The team agrees; a diagnosis cannot be edited later</label>
      <${ErrorNote} error=${declare.error} />
      <${Button} type="submit" kind="primary" busy=${declare.busy} disabled=${!sure}>Submit diagnosis<//>
    </form>
  <//>`;
}

/** The hypothesis whose evidence goes with the cause: the one that says the same, or one that is chosen. */
function From({ list, from, onPick }) {
  return html`<${Field} label="Use the evidence of"><select value=${from?.id || ""} onChange=${(event) => onPick(event.target.value)}>
    ${!from && html`<option value="">choose</option>`}
    ${list.map((one) => html`<option key=${one.id} value=${one.id}>${one.id} ${one.text.slice(0, 40)}</option>`)}
  </select><//>`;
}
