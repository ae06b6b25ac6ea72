// What stakeholders are told: the next word, when it is due, what was said, and what customers see.

import { Badge, Button, Card, Empty, ErrorNote, Loading, api, asList, html, toast, useAct, useDraft, useLive, usePoll, useState, useStream } from "../lib.js";
import { clock, stopwatch } from "../logic/format.js";
import { Lines, Percent, Pick, words } from "../parts/inputs.js";
import { useNewest } from "../parts/shared.js";

const BLANK = { status: "investigating", readers: "all", happened: "", did: "", state: "", confidence: 50, unknowns: "", next: "", eta: "", latest: "", components: {} };
const fromUpdate = (data) => ({
  status: data.status, readers: data.readers, happened: data.what_happened, did: data.what_we_did, state: data.current_state, confidence: data.confidence_percent,
  unknowns: data.unknowns.join("\n"), next: data.next_steps.join("\n"), eta: "", latest: "", components: data.components || {},
});
const minutes = (text) => (text === "" ? null : Number(text));

function Components({ choices, value, onChange }) {
  const put = (name, status) => {
    const { [name]: _, ...others } = value;
    onChange(status ? { ...others, [name]: status } : others);
  };
  return html`<details><summary>Status page: component status (${Object.keys(value).length} set)</summary><div class="two">
    ${choices.services.map((name) => html`<${Pick} key=${name} label=${name} none="unchanged" of=${choices.component_statuses} value=${value[name] || ""} onPick=${(status) => put(name, status)} />`)}
  </div></details>`;
}

function Composer({ choices }) {
  const newest = useNewest("update.posted");
  const [draft, setDraft, taken] = useDraft("update", BLANK);
  const put = (change) => setDraft((before) => ({ ...before, ...change }));
  const post = useAct(async (event) => {
    event.preventDefault();
    await api.post("/v1/updates", {
      status: draft.status, readers: draft.readers, what_happened: draft.happened, what_we_did: draft.did, current_state: draft.state,
      confidence: draft.confidence, unknowns: asList(draft.unknowns), next_steps: asList(draft.next),
      eta_minutes: minutes(draft.eta), eta_latest_minutes: minutes(draft.latest), components: Object.keys(draft.components).length ? draft.components : null,
    });
    taken(draft);
    toast("Update posted");
  });
  const eta = (label, key) => html`<label class="field"><span class="label">${label}</span><input type="number" min="0" step="any" value=${draft[key]} onInput=${(event) => put({ [key]: event.target.value })} /></label>`;
  return html`<${Card} title="Stakeholder update" className="span12" id="composer" actions=${newest && html`<${Button} onClick=${() => setDraft(fromUpdate(newest.data))}>Start from the last update<//>`}>
    <form onSubmit=${post.run}>
      <div class="two"><${Pick} label="Status" value=${draft.status} of=${choices.update_statuses} onPick=${(status) => put({ status })} />
        <${Pick} label="Audience" value=${draft.readers} of=${choices.readers} onPick=${(readers) => put({ readers })} /></div>
      <${Lines} label="What happened" required rows=${2} value=${draft.happened} onText=${(happened) => put({ happened })} />
      <${Lines} label="What we did" required rows=${2} value=${draft.did} onText=${(did) => put({ did })} />
      <${Lines} label="Current state" hint="Shown to customers" required rows=${2} value=${draft.state} onText=${(state) => put({ state })} />
      <div class="field"><span class="label">Confidence</span><${Percent} label="Confidence" value=${draft.confidence} onNumber=${(confidence) => put({ confidence })} /></div>
      <div class="two"><${Lines} label="Unknowns" hint="One per line" value=${draft.unknowns} onText=${(unknowns) => put({ unknowns })} />
        <${Lines} label="Next steps" hint="One per line" required value=${draft.next} onText=${(next) => put({ next })} />
        ${eta("ETA in minutes, earliest", "eta")}${eta("ETA in minutes, latest", "latest")}</div>
      <${Components} choices=${choices} value=${draft.components} onChange=${(components) => put({ components })} />
      <${ErrorNote} error=${post.error} />
      <${Button} type="submit" kind="primary" busy=${post.busy}>Post update<//>
    </form>
  <//>`;
}

/** How long until stakeholders should hear something, as the status said it last. */
function Cadence({ due, choices }) {
  const late = due !== null && due < 0;
  return html`<${Card} title="Cadence" className="span12" id="cadence">
    <div class="stat"><div class=${`value ${late ? "late" : ""}`}>${due === null ? "–" : stopwatch(Math.abs(due))}</div>
      <div class="label">${due === null ? "no update due" : late ? "overdue: post an update, even if nothing is new" : "until the next update is due"}</div></div>
    <p class="muted">First update within ${choices.first_update_within_s / 60} minutes of the page, then at least every ${choices.update_every_s / 60} minutes.</p>
  <//>`;
}

function Channel({ choices, incoming }) {
  const [reader, setReader] = useState("internal");
  const { data, error, again } = usePoll("/v1/updates", 0, { reader });
  useStream(["update.posted"], again);
  return html`<${Card} title="Channel" className="span12" id="channel" actions=${html`<select aria-label="Audience of the channel" value=${reader} onChange=${(event) => setReader(event.target.value)}>${choices.channels.map((one) => html`<option key=${one} value=${one}>${one} view</option>`)}</select>`}>
    <${ErrorNote} error=${error} />
    ${incoming.map((one) => html`<div class="note warn" key=${one.seq}><strong>${one.sender}</strong>: ${one.text}</div>`)}
    ${data && !data.length && html`<${Empty}>No updates yet.<//>`}
    ${[...(data || [])].reverse().map((one) => html`<article class="said" key=${one.at}><header><${Badge} kind="info">${one.status}<//> <time class="muted">${clock(one.at)}</time> <span class="muted">for ${one.readers}</span></header><pre class="text">${one.text.replaceAll("**", "")}</pre></article>`)}
  <//>`;
}

const TONES = { operational: "good", degraded_performance: "warn", partial_outage: "bad", major_outage: "bad", under_maintenance: "info" };

function StatusPage({ url }) {
  const { data, error, again } = usePoll("/api/v2/summary.json", 15000);
  useStream(["update.posted", "incident.declared"], again);
  return html`<${Card} title="Status page" className="span12" id="status-page" actions=${html`<a href=${url} target="_blank" rel="noreferrer">Open the status page</a>`}>
    <${ErrorNote} error=${error} />
    ${data && html`<p class=${`note ${data.status.indicator === "none" ? "good" : data.status.indicator === "minor" ? "warn" : "bad"}`}><strong>${data.status.description}</strong></p>
      <table><tbody>${data.components.map((one) => html`<tr key=${one.id}><th scope="row">${one.name}</th><td class="num"><${Badge} kind=${TONES[one.status]}>${words(one.status)}<//></td></tr>`)}</tbody></table>
      ${data.incidents.map((one) => html`<h3 key=${one.id}>${one.name}</h3>${one.incident_updates.map((said) => html`<p key=${said.id}><strong>${said.status}</strong> <time class="muted">${clock(said.created_at)}</time> ${said.body}</p>`)}`)}`}
  <//>`;
}

export default function Comms() {
  const { status, at } = useLive();
  const { data: choices, error } = usePoll("/v1/choices");
  if (error && !choices) return html`<${ErrorNote} error=${error} />`;
  if (!choices) return html`<${Loading} />`;
  const due = status.exercise.update_due_s;
  return html`<div class="columns">
    <div class="grid"><${Composer} choices=${choices} /></div>
    <div class="grid"><${Cadence} due=${due === null ? null : due - (Date.now() - at) / 1000} choices=${choices} />
      <${Channel} choices=${choices} incoming=${status.exercise.messages} /><${StatusPage} url=${"/status"} /></div>
  </div>`;
}
