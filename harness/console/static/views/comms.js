// Telling the others: what is known, what is not, what is being done, how sure, and until when.

import { Badge, Button, Card, Empty, ErrorNote, Field, Loading, api, asList, fmt, html, toast, useAct, useDraft, useLive, usePoll, useState, useStream } from "../lib.js";

const BLANK = { status: "investigating", what_happened: "", what_we_did: "", current_state: "", confidence: "", unknowns: "", next_steps: "", eta_minutes: "", eta_latest_minutes: "", readers: "all", components: {} };

function Composer({ words }) {
  const [draft, setDraft, clear] = useDraft("update", BLANK);
  const set = (name) => (event) => setDraft((before) => ({ ...before, [name]: event.target.value }));
  const post = useAct(async (event) => {
    event.preventDefault();
    const components = Object.fromEntries(Object.entries(draft.components).filter(([, state]) => state));
    await api.post("/v1/updates", {
      ...draft,
      confidence: draft.confidence === "" ? null : Number(draft.confidence),
      unknowns: asList(draft.unknowns),
      next_steps: asList(draft.next_steps),
      eta_minutes: draft.eta_minutes === "" ? null : Number(draft.eta_minutes),
      eta_latest_minutes: draft.eta_latest_minutes === "" ? null : Number(draft.eta_latest_minutes),
      components: Object.keys(components).length ? components : null,
    });
    clear();
    toast("Update posted");
  });
  const text = (name, label, hint) => html`<${Field} label=${label} hint=${hint}><textarea value=${draft[name]} onInput=${set(name)}></textarea><//>`;
  const choice = (name, label, of) => html`<${Field} label=${label}><select value=${draft[name]} onChange=${set(name)}>${of.map((one) => html`<option key=${one}>${one}</option>`)}</select><//>`;
  return html`<${Card} title="An update" className="span6" id="composer"><form onSubmit=${post.run}>
    <div class="two">${choice("status", "Status", words.update_statuses)}${choice("readers", "For", words.readers)}</div>
    ${text("what_happened", "What happened")}${text("what_we_did", "What we did")}${text("current_state", "How it is now")}
    <${Field} label="How sure we are, in percent" hint="An update without it is refused"><input type="number" min="0" max="100" value=${draft.confidence} onInput=${set("confidence")} /><//>
    ${text("unknowns", "What we do not know", "one a line")}${text("next_steps", "Next steps", "one a line")}
    <div class="two"><${Field} label="Recovery in minutes, at the earliest" hint="Leave it open if you cannot say"><input type="number" min="0" value=${draft.eta_minutes} onInput=${set("eta_minutes")} /><//>
    <${Field} label="at the latest"><input type="number" min="0" value=${draft.eta_latest_minutes} onInput=${set("eta_latest_minutes")} /><//></div>
    <details><summary>The status page's components</summary>${words.services.map((name) => html`<${Field} key=${name} label=${name}><select value=${draft.components[name] || ""} onChange=${(event) => setDraft((before) => ({ ...before, components: { ...before.components, [name]: event.target.value } }))}>${["", ...words.component_statuses].map((state) => html`<option key=${state} value=${state}>${state ? state.replaceAll("_", " ") : "as it is"}</option>`)}</select><//>`)}</details>
    <${ErrorNote} error=${post.error} /><${Button} type="submit" kind="primary" busy=${post.busy}>Post the update<//>
  </form><//>`;
}

function Channel({ readers }) {
  const [reader, setReader] = useState("internal");
  const { data, error, again } = usePoll("/v1/updates", 0, { reader });
  useStream(["update.posted"], again);
  return html`<${Card} title="Incident channel" className="span12" id="channel" actions=${readers.map((one) => html`<${Button} key=${one} aria-pressed=${one === reader} kind=${one === reader ? "primary" : ""} onClick=${() => setReader(one)}>${one}<//>`)}>
    <${ErrorNote} error=${error} />
    ${data && !data.length && html`<${Empty}>Nothing was said to these readers yet.<//>`}
    ${[...(data || [])].reverse().map((one, index) => html`<article key=${data.length - index}><p><${Badge} kind="info">${one.status}<//> <time class="muted">${fmt.time(one.at)}</time></p><pre class="text">${one.text}</pre></article>`)}
  <//>`;
}

function Messages({ messages }) {
  return html`<${Card} title="What people ask" className="span12" id="messages">
    ${!messages.length && html`<${Empty}>Nobody has asked yet.<//>`}
    ${[...messages].reverse().map((one) => html`<article key=${one.seq}><p><strong>${one.sender}</strong> <${Badge} kind="warn">${one.kind.replaceAll("-", " ")}<//></p><p>${one.text}</p></article>`)}
  <//>`;
}

function StatusPage({ url }) {
  const { data } = usePoll("/api/v2/summary.json", 5000);
  return html`<${Card} title="What the public sees" className="span12" id="statuspage" actions=${html`<a href=${url} target="_blank" rel="noreferrer">open the status page</a>`}>
    ${data && html`<p><${Badge} kind=${data.status.indicator === "none" ? "good" : "warn"}>${data.status.description}<//></p>
      <table><tbody>${data.components.map((one) => html`<tr key=${one.id}><td>${one.name}</td><td>${one.status.replaceAll("_", " ")}</td></tr>`)}</tbody></table>`}
  <//>`;
}

export default function Comms() {
  const { status } = useLive();
  const { data: words, error } = usePoll("/v1/choices");
  if (!words) return error ? html`<${ErrorNote} error=${error} />` : html`<${Loading} />`;
  const due = status.exercise.update_due_s;
  return html`<div class="grid">
    ${due !== null && html`<p class=${`note span12 ${due < 0 ? "bad" : "good"}`} role="status">${due < 0 ? `The next word is late by ${fmt.clock(-due)}.` : `The next word is due in ${fmt.clock(due)}.`} The first within ${words.first_update_within_s / 60} minutes of the page, then at least every ${words.update_every_s / 60}.</p>`}
    <${Composer} words=${words} />
    <div class="span6 grid"><${Messages} messages=${status.exercise.messages} /><${Channel} readers=${words.channels} /><${StatusPage} url=${status.places["status page"]} /></div>
  </div>`;
}
