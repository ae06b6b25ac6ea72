// Which alert is source and which is symptom, and at last the one cause that the team stands by.

import { Badge, Button, Card, Empty, ErrorNote, api, html, toast, useAct, useDraft, useLive, useMemo, useState } from "../lib.js";
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
    ${!alerts.length && html`<${Empty}>No alert has fired.<//>`}
    <ul class="plain">${alerts.map((one) => html`<li class="piece" key=${one.name}><div><strong>${one.name}</strong> <span class="muted">${one.summary}</span></div>
      <div class="actions" role="group" aria-label=${`What ${one.name} is`}>${choices.marks.map((as) => html`<${Button} key=${as} aria-pressed=${one.mark === as} busy=${mark.busy} onClick=${() => mark.run(one.name, as)}>${as}<//>`)}</div></li>`)}</ul>
    <${ErrorNote} error=${mark.error} />
  <//>`;
}

const START = { service: "", mechanism: "", confidence: 70, note: "", dropped: [] };

export function Declare({ choices, list }) {
  const { records } = useLive();
  const [draft, setDraft, clear] = useDraft("declare", START);
  const [sure, setSure] = useState(false);
  const leading = [...list].sort((a, b) => b.probability - a.probability)[0];
  const service = draft.service || leading?.service || "";
  const mechanism = draft.mechanism || leading?.mechanism || "";
  const evidence = (leading?.for || []).filter((link) => !draft.dropped.includes(link));
  const put = (change) => setDraft((before) => ({ ...before, ...change }));
  const declared = records.filter((one) => one.type === "diagnosis.declared");
  const confirmed = new Map(records.filter((one) => one.type === "cause.confirmed").map((one) => [String(one.data.diagnosis_seq), one.data.right]));
  const declare = useAct(async (event) => {
    event.preventDefault();
    await api.post("/v1/diagnoses", { service, mechanism, confidence: draft.confidence, evidence, note: draft.note });
    clear();
    setSure(false);
    toast("Cause declared");
  });
  return html`<${Card} title="Declare the cause" className="span12" id="declare">
    ${declared.map((one) => html`<p class="note" key=${one.id}><time class="muted">${clock(one.time)}</time> <strong>${one.data.service}: ${one.data.mechanism}</strong>, ${one.data.confidence_percent} % sure, by ${one.data.by}
      ${" "}${confirmed.has(one.id) && html`<${Badge} kind=${confirmed.get(one.id) ? "good" : "bad"}>${confirmed.get(one.id) ? "confirmed" : "not the cause"}<//>`}</p>`)}
    <form onSubmit=${declare.run}>
      <div class="two"><${Pick} label="Service" required none="choose" value=${service} of=${choices.services} onPick=${(chosen) => put({ service: chosen })} />
        <${Pick} label="Kind of cause" required none="choose" value=${mechanism} of=${choices.mechanisms} onPick=${(chosen) => put({ mechanism: chosen })} /></div>
      <div class="field"><span class="label">How sure you are</span><${Percent} label="Confidence" value=${draft.confidence} onNumber=${(confidence) => put({ confidence })} /></div>
      <${Lines} label="What exactly, and why" rows=${3} value=${draft.note} onText=${(note) => put({ note })} />
      ${evidence.length ? html`<div class="muted">Evidence: what speaks for the leading hypothesis</div><${Links} label="Evidence of the cause" links=${evidence} onRemove=${(link) => put({ dropped: [...draft.dropped, link] })} />` : html`<p class="muted">No evidence yet: lay some for the leading hypothesis.</p>`}
      <label class="field"><input type="checkbox" checked=${sure} onChange=${(event) => setSure(event.target.checked)} /> This is what the team stands by; it is kept as said</label>
      <${ErrorNote} error=${declare.error} />
      <${Button} type="submit" kind="primary" busy=${declare.busy} disabled=${!sure}>Declare<//>
    </form>
  <//>`;
}
