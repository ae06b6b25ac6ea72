// What to run next: every scenario with what the matrix found of it here, and the command for it.

import { Badge, Button, Card, Empty, ErrorNote, html, toast, usePoll, useState } from "../lib.js";
import { command, confidence } from "../logic/picking.js";
import { dateTime, seconds } from "../logic/format.js";

function Proof({ proof }) {
  const [kind, word] = confidence(proof);
  return html`<${Badge} kind=${kind}>${word}<//>`;
}

const tried = (value, yes, no) => (value === null ? null : value ? `✓ ${yes}` : `✕ ${no}`);

function told({ page_s: page, found, rollback, fix, cheats, cheats_rejected: rejected }) {
  return [
    page === null ? "does not page" : `page after ${seconds(page)}`,
    tried(found, "evidence found", "evidence missing"), tried(rollback, "rollback fixes it", "rollback does not fix it"),
    tried(fix, "code fix works", "code fix does not work"), cheats ? `${rejected === cheats ? "✓" : "✕"} ${rejected} of ${cheats} cheats rejected` : null,
  ].filter(Boolean).join(" · ");
}

export function Picker() {
  const { data, error } = usePoll("/v1/instructor/scenarios");
  const [choice, setChoice] = useState({ scenario: "random", agenda: "", seed: "", speed: "1" });
  const put = (change) => setChoice((before) => ({ ...before, ...change }));
  const line = command(choice);
  const copy = async () => {
    await navigator.clipboard.writeText(line);
    toast("Copied. Run it where this drill runs, after it ends");
  };
  return html`<${Card} title="Next drill" className="span12" id="picker">
    <${ErrorNote} error=${error} />
    ${data && !data.tried_at && html`<${Empty}>No scenario is verified on this machine yet. Run make smoke to try all of them.<//>`}
    ${data?.tried_at && html`<p class="muted">Verified on this machine by make smoke on ${dateTime(Date.parse(data.tried_at))}.</p>`}
    <div class="scroll scenarios" tabIndex="0"><table><thead><tr><th>scenario</th><th>confidence</th><th>results</th></tr></thead>
      <tbody><tr><td><label class="tick"><input type="radio" name="scenario" checked=${choice.scenario === "random"} onChange=${() => put({ scenario: "random" })} /> random (hidden from you, too)</label></td><td></td><td></td></tr>
      ${(data?.scenarios || []).map((one) => html`<tr key=${one.id}>
        <td><label class="tick"><input type="radio" name="scenario" checked=${choice.scenario === one.id} onChange=${() => put({ scenario: one.id, agenda: "" })} /> ${one.id}</label><div class="muted">${one.title}</div></td>
        <td><${Proof} proof=${one.proof} /></td><td class="muted">${one.proof ? told(one.proof) : ""}${one.proof?.shortfalls.map((text) => html`<div class="v-bad" key=${text}>${text}</div>`)}</td></tr>`)}</tbody></table></div>
    <div class="two"><label class="field"><span class="label">Agenda</span><select value=${choice.agenda} onChange=${(event) => put({ agenda: event.target.value })}><option value="">the scenario’s default</option>${Object.entries(data?.agendas || {}).map(([id, title]) => html`<option key=${id} value=${id}>${title}</option>`)}</select></label>
      <div class="two"><label class="field"><span class="label">Seed</span><input type="number" min="0" placeholder="any" value=${choice.seed} onInput=${(event) => put({ seed: event.target.value })} /></label>
        <label class="field"><span class="label">Speed (×)</span><input type="number" min="1" max="60" value=${choice.speed} onInput=${(event) => put({ speed: event.target.value })} /></label></div></div>
    <div class="slider"><code class="command">${line}</code><${Button} onClick=${copy}>Copy<//></div>
  <//>`;
}
