// What the team declared to be the cause, how it stands to the answer, and the instructor's word on it.

import { Badge, Button, Card, Empty, ErrorNote, api, html, useAct, useLive, useState } from "../lib.js";
import { fromPage } from "../logic/format.js";

/** How a declaration stands to the answer and to what opens the way for AI; "" before it is known. */
function standing(judged, least) {
  if (!judged) return "";
  const evidence = judged.evidence < least ? `${judged.evidence} of ${least} required links to evidence` : `${judged.evidence} links to evidence`;
  return `${judged.right ? "matches the answer" : "does not match the answer"}; ${evidence}`;
}

export function Causes({ answer }) {
  const { records, status } = useLive();
  const [note, setNote] = useState("");
  const declared = records.filter((one) => one.type === "diagnosis.declared");
  const said = new Map(records.filter((one) => one.type === "cause.confirmed").map((one) => [String(one.data.diagnosis_seq), one.data.right]));
  const judged = new Map(answer.declared.map((one) => [String(one.seq), one]));
  const confirm = useAct(async (id, right) => {
    await api.post("/v1/instructor/confirm", { right, note, diagnosis_seq: Number(id) });
    setNote("");
  });
  return html`<${Card} title="Diagnoses" className="span12" id="causes">
    ${!declared.length && html`<${Empty}>No diagnosis yet.<//>`}
    <ul class="plain">${declared.map((one) => html`<${Declared} key=${one.id} record=${one} pages=${status.pages} standing=${standing(judged.get(one.id), answer.evidence_min)} word=${said.get(one.id)} confirm=${confirm} />`)}</ul>
    ${declared.length > 0 && html`<input aria-label="Comment" placeholder="Comment (the team reads it)" value=${note} onInput=${(event) => setNote(event.target.value)} />`}
    <${ErrorNote} error=${confirm.error} />
  <//>`;
}

/** The last word counts, so the other one can still be said: a slip of the hand can be taken back. */
function Declared({ record, pages, standing: stands, word, confirm }) {
  const { data } = record;
  const say = (right, text, kind) => html`<${Button} kind=${kind} busy=${confirm.busy} disabled=${word === right} aria-pressed=${word === right} onClick=${() => confirm.run(record.id, right)}>${text}<//>`;
  return html`<li class="piece">
    <div><time class="muted">${fromPage(record, pages)}</time> <strong>${data.service}: ${data.mechanism}</strong>, ${data.confidence_percent} % sure, by ${data.by}
      <div>${data.note}</div><div class="muted">${stands}</div></div>
    <div class="actions">${word !== undefined && html`<${Badge} kind=${word ? "good" : "bad"}>${word ? "confirmed" : "rejected"}<//>`}
      ${say(true, "Confirm", word === undefined ? "primary" : "")}${say(false, "Reject", "")}</div>
  </li>`;
}
