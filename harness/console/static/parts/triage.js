// What the team takes the incident to be: its severity and reach, and what comes first.

import { Button, Card, ErrorNote, api, asList, html, useAct } from "../lib.js";
import { clock, plain } from "../logic/format.js";
import { mergedIncident, mergedTriage } from "../logic/merge.js";
import { Lines, Pick, words } from "./inputs.js";
import { Clash, useNewest, useShared } from "./shared.js";

const NO_INCIDENT = { severity: "sev2", summary: "", systems: [], blast: "", users: "", escalate: [] };
const readIncident = (data) => ({
  severity: data.severity, summary: data.summary, systems: [...data.systems], blast: data.blast_radius,
  users: data.users_affected === null ? "" : String(data.users_affected), escalate: [...data.escalate],
});

function Ticks({ label, of, chosen, onChange }) {
  const flip = (one) => onChange(chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]);
  return html`<fieldset class="ticks"><legend>${label}</legend>${(of || []).map((one) => html`<label key=${one}>
    <input type="checkbox" checked=${chosen.includes(one)} onChange=${() => flip(one)} /> ${words(one)}</label>`)}</fieldset>`;
}

/** Opens the incident, or says anew what it is. */
export function Incident({ choices, impact }) {
  const newest = useNewest("incident.declared");
  const form = useShared("incident", newest, readIncident, NO_INCIDENT);
  const { value, set } = form;
  const put = (change) => set((before) => ({ ...before, ...change }));
  const save = useAct(async (event) => {
    event.preventDefault();
    await form.save((sent) => api.post("/v1/incident", {
      severity: sent.severity, summary: sent.summary, systems: sent.systems, blast_radius: sent.blast,
      users_affected: sent.users === "" ? null : Number(sent.users), escalate: sent.escalate,
    }));
  });
  return html`<${Card} title="Incident" className="span12" id="incident" actions=${newest && html`<span class="muted">declared ${clock(newest.at)} by ${newest.by}</span>`}>
    <${Clash} shared=${form} merge=${mergedIncident}><p>${form.clash?.value.severity}: ${form.clash?.value.summary}</p><//>
    <form onSubmit=${save.run}>
      <div class="two"><${Pick} label="Severity" value=${value.severity} of=${choices.severities} onPick=${(severity) => put({ severity })} />
        <label class="field"><span class="label">Users affected${impact ? ` (measured: ${plain(impact.users_affected, 0)})` : ""}</span>
          <input type="number" min="0" value=${value.users} onInput=${(event) => put({ users: event.target.value })} /></label></div>
      <label class="field"><span class="label">Summary, in a sentence</span><input required value=${value.summary} onInput=${(event) => put({ summary: event.target.value })} /></label>
      <label class="field"><span class="label">Blast radius: who and what is affected, and what is not</span><input required value=${value.blast} onInput=${(event) => put({ blast: event.target.value })} /></label>
      <${Ticks} label="Systems" of=${choices.services} chosen=${value.systems} onChange=${(systems) => put({ systems })} />
      <${Ticks} label="Escalate for" of=${choices.escalations} chosen=${value.escalate} onChange=${(escalate) => put({ escalate })} />
      <${ErrorNote} error=${save.error} />
      <${Button} type="submit" kind=${newest ? "" : "primary"} busy=${save.busy} disabled=${form.clash !== null}>${newest ? "Update the incident" : "Declare the incident"}<//>
    </form>
  <//>`;
}

const NO_TRIAGE = { known: "", unknown: "", priorities: [{ kind: "prevent-cascade", text: "" }, { kind: "diagnose", text: "" }, { kind: "communicate", text: "" }], later: "" };
const readTriage = (data) => ({
  known: data.known.join("\n"), unknown: data.unknown.join("\n"), later: data.not_doing_yet.join("\n"),
  priorities: data.priorities.map((one) => ({ kind: one.kind, text: one.text })),
});

function Priorities({ value, kinds, onChange }) {
  const put = (index, change) => onChange(value.map((one, at) => (at === index ? { ...one, ...change } : one)));
  const up = (index) => onChange([...value.slice(0, index - 1), value[index], value[index - 1], ...value.slice(index + 1)]);
  return html`<fieldset class="ticks"><legend>Priorities, most urgent first</legend><ol class="priorities">${value.map((one, index) => html`<li key=${index}>
    <select aria-label=${`Kind of priority ${index + 1}`} value=${one.kind} onChange=${(event) => put(index, { kind: event.target.value })}>${kinds.map((kind) => html`<option key=${kind} value=${kind}>${words(kind)}</option>`)}</select>
    <input aria-label=${`Priority ${index + 1}`} value=${one.text} onInput=${(event) => put(index, { text: event.target.value })} />
    <${Button} kind="quiet" disabled=${index === 0} onClick=${() => up(index)} aria-label=${`Move priority ${index + 1} up`}>↑<//>
    <${Button} kind="quiet" onClick=${() => onChange(value.filter((_, at) => at !== index))} aria-label=${`Remove priority ${index + 1}`}>✕<//>
  </li>`)}</ol><${Button} onClick=${() => onChange([...value, { kind: "other", text: "" }])}>Add a priority<//></fieldset>`;
}

export function Triage({ choices }) {
  const newest = useNewest("triage.written");
  const form = useShared("triage", newest, readTriage, NO_TRIAGE);
  const { value, set, clash } = form;
  const put = (change) => set((before) => ({ ...before, ...change }));
  const save = useAct(async (event) => {
    event.preventDefault();
    await form.save((sent) => api.post("/v1/triage", {
      known: asList(sent.known), unknown: asList(sent.unknown), not_doing_yet: asList(sent.later),
      priorities: sent.priorities.filter((one) => one.text.trim()),
    }));
  });
  return html`<${Card} title="Triage" className="span12" id="triage" actions=${html`<span class="muted">${form.isDraft ? "not saved yet" : newest ? `saved ${clock(newest.at)} by ${newest.by}` : ""}</span>`}>
    <${Clash} shared=${form} merge=${mergedTriage}><pre class="text">${clash && [clash.value.known, clash.value.unknown].join("\n")}</pre><//>
    <form onSubmit=${save.run}>
      <div class="two"><${Lines} label="Known" hint="One per line" required value=${value.known} onText=${(known) => put({ known })} />
        <${Lines} label="Unknown" hint="One per line" required value=${value.unknown} onText=${(unknown) => put({ unknown })} /></div>
      <${Priorities} value=${value.priorities} kinds=${choices.priorities} onChange=${(priorities) => put({ priorities })} />
      <${Lines} label="Not doing yet" rows=${2} value=${value.later} onText=${(later) => put({ later })} />
      <${ErrorNote} error=${save.error} />
      <${Button} type="submit" kind="primary" busy=${save.busy} disabled=${!form.isDraft || clash !== null}>Save triage<//>
    </form>
  <//>`;
}
