// What is known, what may explain it, how sure the team is, and what it declares in the end.

import {
  Badge, Button, Card, Empty, ErrorNote, Field, Loading, api, asList, fmt, html, toast, useAct, useDraft, useEffect, useEvidence,
  useLive, usePoll, useStream,
} from "../lib.js";
import { rebalanced, without, withOneMore } from "../parts/shares.js";

const TRIAGE = { known: "", unknown: "", priorities: "", notYet: "" };

function Triage({ kinds }) {
  const [draft, setDraft, clear] = useDraft("triage", TRIAGE);
  const set = (name) => (event) => setDraft((before) => ({ ...before, [name]: event.target.value }));
  const save = useAct(async (event) => {
    event.preventDefault();
    const priorities = asList(draft.priorities).map((line) => {
      const [kind, ...rest] = line.split(":");
      return kinds.includes(kind.trim()) ? { kind: kind.trim(), text: rest.join(":").trim() } : { kind: "other", text: line };
    });
    await api.post("/v1/triage", { known: asList(draft.known), unknown: asList(draft.unknown), priorities, not_doing_yet: asList(draft.notYet) });
    clear();
    toast("Triage recorded");
  });
  return html`<${Card} title="Triage" className="span5" id="triage"><form onSubmit=${save.run}>
    <${Field} label="We know" hint="one a line"><textarea value=${draft.known} onInput=${set("known")}></textarea><//>
    <${Field} label="We do not know"><textarea value=${draft.unknown} onInput=${set("unknown")}></textarea><//>
    <${Field} label="Priorities, first one first" hint=${`kind: text, with kind one of ${kinds.join(", ")}`}><textarea value=${draft.priorities} onInput=${set("priorities")}></textarea><//>
    <${Field} label="Not doing yet"><textarea value=${draft.notYet} onInput=${set("notYet")}></textarea><//>
    <${ErrorNote} error=${save.error} /><${Button} type="submit" kind="primary" busy=${save.busy}>Record the triage<//>
  </form><//>`;
}

const fresh = () => ({ id: `h${Date.now().toString(36)}`, text: "", service: "", mechanism: "", for: [], against: [] });

function Evidence({ one, basket, change, take }) {
  const chips = (kind, label) => one[kind].length > 0 && html`<div class="chips"><span class="muted">${label}</span>
    ${one[kind].map((link) => html`<span class="chip mono" key=${link}>${link}<button type="button" aria-label=${`take ${link} away`} onClick=${() => change({ [kind]: one[kind].filter((other) => other !== link) })}>✕</button></span>`)}</div>`;
  return html`${chips("for", "for")}${chips("against", "against")}
    ${basket.length > 0 && html`<div class="chips"><span class="muted">attach</span>${basket.map((item) => html`<span class="chip mono" key=${item.link} title=${item.note}>${item.link}
      <button type="button" onClick=${() => { change({ for: [...one.for, item.link] }); take(item.link); }}>for</button>
      <button type="button" onClick=${() => { change({ against: [...one.against, item.link] }); take(item.link); }}>against</button></span>`)}</div>`}`;
}

function Hypotheses({ services, mechanisms }) {
  const { data: revisions, error, again } = usePoll("/v1/hypotheses");
  const [draft, setDraft, clear] = useDraft("hypotheses", null);
  const [basket, take] = useEvidence();
  useStream(["hypotheses.revised"], again);
  const newest = revisions && revisions[revisions.length - 1];
  const base = newest ? newest.hypotheses.map((one) => ({ id: one.id, text: one.text, service: one.service, mechanism: one.mechanism, share: one.probability_percent, for: one.evidence_for, against: one.evidence_against })) : [];
  const rows = draft ? draft.rows : base;
  const isBehind = draft && newest && newest.seq !== draft.seq;
  const edit = (next, reason) => setDraft({ rows: next, reason: reason ?? draft?.reason ?? "", seq: draft ? draft.seq : newest?.seq ?? 0 });
  const change = (index, news) => edit(rows.map((one, at) => (at === index ? { ...one, ...news } : one)));
  const shared = (next, shares) => next.map((one, at) => ({ ...one, share: shares[at] }));
  const add = () => edit(shared([...rows, fresh()], withOneMore(rows.map((one) => one.share))));
  useEffect(() => {
    const pressed = (event) => {
      if (event.key === "h" && !event.target.closest("input, textarea, select, dialog")) { event.preventDefault(); add(); }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
  const save = useAct(async (event) => {
    event.preventDefault();
    const hypotheses = rows.map((one) => ({ id: one.id, text: one.text, probability: one.share, service: one.service, mechanism: one.mechanism, for: one.for, against: one.against }));
    await api.post("/v1/hypotheses", { hypotheses, reason: draft?.reason || "" });
    clear();
    toast("Hypotheses recorded");
  });
  return html`<${Card} title="Hypotheses" className="span7" id="hypotheses" actions=${html`<${Button} onClick=${add}>New hypothesis (h)<//>`}>
    <${ErrorNote} error=${error} />
    ${isBehind && html`<p class="note warn" role="status">Somebody has revised them meanwhile (${newest.by}): ${newest.hypotheses.map((one) => `${one.probability_percent} % ${one.text}`).join("; ")}. Yours are kept here. <${Button} onClick=${clear}>Take theirs<//> <${Button} onClick=${() => setDraft({ ...draft, seq: newest.seq })}>Keep mine<//></p>`}
    <form onSubmit=${save.run}>
      ${!rows.length && html`<${Empty}>None yet. Write down what could explain the symptoms, also what you would rather it were not.<//>`}
      ${rows.map((one, index) => html`<div class="hypothesis" key=${one.id}>
        <${Field} label=${`Hypothesis ${index + 1}`}><input required value=${one.text} onInput=${(e) => change(index, { text: e.target.value })} /><//>
        <div class="slider"><input type="range" min="0" max="100" aria-label=${`probability of hypothesis ${index + 1}`} value=${one.share} onInput=${(e) => edit(shared(rows, rebalanced(rows.map((row) => row.share), index, Number(e.target.value))))} /><output class="figure">${one.share} %</output></div>
        <div class="two">
          <${Choice} label="Service" value=${one.service} of=${services} onChange=${(service) => change(index, { service })} />
          <${Choice} label="Mechanism" value=${one.mechanism} of=${mechanisms} onChange=${(mechanism) => change(index, { mechanism })} />
        </div>
        <${Evidence} one=${one} basket=${basket} take=${take} change=${(news) => change(index, news)} />
        <${Button} onClick=${() => edit(shared(rows.filter((_, at) => at !== index), without(rows.map((row) => row.share), index)))}>Drop it<//>
      </div>`)}
      ${draft && html`<${Field} label="Why this revision"><input value=${draft.reason} onInput=${(e) => edit(rows, e.target.value)} /><//>`}
      <${ErrorNote} error=${save.error} />
      ${rows.length > 0 && html`<${Button} type="submit" kind="primary" busy=${save.busy} disabled=${!draft}>Record the revision<//>`}
    </form>
    <${Revisions} revisions=${revisions || []} />
  <//>`;
}

function Revisions({ revisions }) {
  if (!revisions.length) return null;
  return html`<details><summary>${revisions.length} ${revisions.length === 1 ? "revision" : "revisions"} so far</summary>
    <ol class="feed">${[...revisions].reverse().map((one) => html`<li key=${one.seq}><time>${fmt.time(one.at)}</time><div>${one.hypotheses.map((h) => `${h.probability_percent} % ${h.text}`).join("; ")} <span class="muted">${one.by}${one.reason && `: ${one.reason}`}</span></div></li>`)}</ol>
  </details>`;
}

function Choice({ label, value, of, onChange, required }) {
  return html`<${Field} label=${label}><select value=${value} required=${required} onChange=${(e) => onChange(e.target.value)}>
    <option value="">${required ? "choose" : "not said"}</option>${of.map((one) => html`<option key=${one}>${one}</option>`)}</select><//>`;
}

function Marks({ alerts, kinds }) {
  const { records } = useLive();
  const marks = new Map(records.filter((one) => one.type === "alert.marked").map((one) => [one.data.alert, one.data.mark]));
  const names = [...new Set([...records.filter((one) => one.type === "alert.fired").map((one) => one.data.name), ...alerts.map((one) => one.name)])];
  const mark = useAct((alert, kind) => api.post("/v1/marks", { alert, mark: kind }));
  return html`<${Card} title="Source or symptom?" className="span5" id="marks">
    ${!names.length && html`<${Empty}>No alert so far.<//>`}
    ${names.map((name) => html`<div class="page-alert" key=${name}><strong>${name}</strong><div class="actions">
      ${kinds.map((kind) => html`<${Button} key=${kind} aria-pressed=${marks.get(name) === kind} kind=${marks.get(name) === kind ? "primary" : ""} onClick=${() => mark.run(name, kind)}>${kind}<//>`)}</div></div>`)}
    <${ErrorNote} error=${mark.error} />
  <//>`;
}

function Declare({ services, mechanisms }) {
  const [draft, setDraft, clear] = useDraft("cause", { service: "", mechanism: "", confidence: 70, note: "" });
  const [basket, take] = useEvidence();
  const { records } = useLive();
  const said = records.filter((one) => one.type === "diagnosis.declared").pop();
  const set = (name) => (value) => setDraft((before) => ({ ...before, [name]: value }));
  const declare = useAct(async (event) => {
    event.preventDefault();
    await api.post("/v1/diagnoses", { ...draft, confidence: Number(draft.confidence), evidence: basket.map((one) => one.link) });
    basket.forEach((one) => take(one.link));
    clear();
    toast("Cause declared");
  });
  return html`<${Card} title="Declare the cause" className="span7" id="declare">
    ${said && html`<p><${Badge} kind="info">declared<//> ${said.data.service}: ${said.data.mechanism}, ${said.data.confidence_percent} % sure, by ${said.data.by}</p>`}
    <form onSubmit=${declare.run}>
      <div class="two"><${Choice} required label="Service" value=${draft.service} of=${services} onChange=${set("service")} /><${Choice} required label="Mechanism" value=${draft.mechanism} of=${mechanisms} onChange=${set("mechanism")} /></div>
      <${Field} label=${`How sure: ${draft.confidence} %`}><input type="range" min="0" max="100" value=${draft.confidence} onInput=${(e) => set("confidence")(e.target.value)} /><//>
      <${Field} label="Why"><input value=${draft.note} onInput=${(e) => set("note")(e.target.value)} /><//>
      <div class="chips"><span class="muted">evidence</span>${basket.length ? basket.map((one) => html`<span class="chip mono" key=${one.link} title=${one.note}>${one.link}<button type="button" aria-label=${`leave ${one.link} out`} onClick=${() => take(one.link)}>✕</button></span>`) : html`<span class="muted">pick it up in any view</span>`}</div>
      <${ErrorNote} error=${declare.error} /><${Button} type="submit" kind="primary" busy=${declare.busy}>Declare<//>
    </form><//>`;
}

export default function Diagnosis() {
  const { status } = useLive();
  const { data: words, error } = usePoll("/v1/choices");
  if (!words) return error ? html`<${ErrorNote} error=${error} />` : html`<${Loading} />`;
  const { services, mechanisms } = words;
  return html`<div class="grid">
    <${Hypotheses} services=${services} mechanisms=${mechanisms} />
    <${Triage} kinds=${words.priorities} />
    <${Declare} services=${services} mechanisms=${mechanisms} />
    <${Marks} alerts=${status.alerts} kinds=${words.marks} />
  </div>`;
}
