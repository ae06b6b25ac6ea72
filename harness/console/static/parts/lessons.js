// What the team takes from the drill: reflections, levels of the cause, lessons, action items.

import { Badge, Button, Card, Empty, ErrorNote, Field, api, asList, html, toast, useAct, useDraft, useLive, useMemo } from "../lib.js";
import { Lines, Percent, Pick, words } from "./inputs.js";

const useAll = (type) => {
  const { records } = useLive();
  return useMemo(() => records.filter((one) => one.type === type).map((one) => ({ key: one.id, ...one.data })), [records, type]);
};

/** A draft of a form that is sent to `path`, and blank again once it was taken. */
function useSheet(name, path, blank, bodyOf = (draft) => draft) {
  const [draft, setDraft, taken] = useDraft(name, blank);
  const put = (change) => setDraft((before) => ({ ...before, ...change }));
  const send = useAct(async (event) => {
    event.preventDefault();
    await api.post(path, bodyOf(draft));
    taken(draft);
    toast("Saved");
  });
  return { draft, put, send };
}

const KINDS = { "went-well": "went well", "could-improve": "could improve", answer: "an answer" };

function Reflections({ questions }) {
  const all = useAll("reflection.written");
  const { draft, put, send } = useSheet("reflection", "/v1/reflections", { kind: "went-well", text: "", question: questions[0] || "" },
    ({ kind, text, question }) => ({ kind, text, ...(kind === "answer" && { question }) }));
  const kinds = Object.keys(KINDS).filter((kind) => kind !== "answer" || questions.length);
  return html`<${Card} title="Reflections" className="span12" id="reflections">
    <ul class="plain">${all.map((one) => html`<li class="piece" key=${one.key}><div><${Badge} kind=${one.kind === "could-improve" ? "warn" : "good"}>${KINDS[one.kind]}<//> ${one.question && html`<span class="muted">${one.question}</span> `}${one.text} <span class="muted">${one.by}</span></div></li>`)}</ul>
    <form onSubmit=${send.run}>
      <div class="v-tabs" role="group" aria-label="Kind of reflection">${kinds.map((kind) => html`<button key=${kind} type="button" aria-pressed=${draft.kind === kind} onClick=${() => put({ kind })}>${KINDS[kind]}</button>`)}</div>
      ${draft.kind === "answer" && html`<${Pick} label="Question" value=${draft.question} of=${questions} onPick=${(question) => put({ question })} />`}
      <${Lines} label="In a sentence" required rows=${2} value=${draft.text} onText=${(text) => put({ text })} />
      <${ErrorNote} error=${send.error} /><${Button} type="submit" busy=${send.busy}>Save reflection<//>
    </form><//>`;
}

const LEVELS = { surface: "surface: what broke", deeper: "deeper: what allowed it", deepest: "deepest: why that was possible" };

function Causes({ levels }) {
  const all = useAll("cause.analysed");
  const { draft, put, send } = useSheet("cause", "/v1/causes", { level: levels[0], text: "", confidence: 80 });
  return html`<${Card} title="Root cause analysis" className="span12" id="levels">
    <ul class="plain">${all.map((one) => html`<li class="piece" key=${one.key}><div><${Badge} kind="info">${one.level}<//> ${one.text} <span class="muted">${one.confidence_percent} % sure, ${one.by}</span></div></li>`)}</ul>
    <form onSubmit=${send.run}>
      <div class="v-tabs" role="group" aria-label="Level">${levels.map((level) => html`<button key=${level} type="button" aria-pressed=${draft.level === level} onClick=${() => put({ level })}>${LEVELS[level]}</button>`)}</div>
      <${Lines} label="Cause at this level" required rows=${2} value=${draft.text} onText=${(text) => put({ text })} />
      <div class="field"><span class="label">Confidence</span><${Percent} label="Confidence in this cause" value=${draft.confidence} onNumber=${(confidence) => put({ confidence })} /></div>
      <${ErrorNote} error=${send.error} /><${Button} type="submit" busy=${send.busy}>Add cause<//>
    </form><//>`;
}

function Lessons({ kinds, lists }) {
  const all = useAll("learning.stored");
  const { draft, put, send } = useSheet("lesson", "/v1/learnings", { kind: Object.keys(kinds)[0], fields: {} }, ({ kind, fields }) => ({
    kind, fields: Object.fromEntries(kinds[kind].map((name) => [name, lists.includes(name) ? asList(fields[name] || "") : fields[name] || ""])),
  }));
  const field = (name) => html`<${Lines} key=${`${draft.kind} ${name}`} label=${words(name)} hint=${lists.includes(name) ? "One per line" : name.startsWith("confidence") ? "Such as 80%" : ""} required rows=${1}
    value=${draft.fields[name] || ""} onText=${(text) => put({ fields: { ...draft.fields, [name]: text } })} />`;
  return html`<${Card} title="Lessons" className="span12" id="lessons">
    <ul class="plain">${all.map((one) => html`<li class="piece" key=${one.key}><div><${Badge} kind="info">${words(one.kind)}<//> ${[Object.values(one.fields)[0]].flat().join("; ")} <span class="muted">${one.by}</span></div></li>`)}</ul>
    <form onSubmit=${send.run}>
      <${Pick} label="Kind of lesson" value=${draft.kind} of=${Object.keys(kinds)} onPick=${(kind) => put({ kind, fields: {} })} />
      ${kinds[draft.kind].map(field)}
      <${ErrorNote} error=${send.error} /><${Button} type="submit" busy=${send.busy}>Save lesson<//>
    </form><//>`;
}

function ActionItems({ checks }) {
  const all = useAll("action-item.added");
  const { draft, put, send } = useSheet("action-item", "/v1/action-items", { text: "", owner: "", check: "" });
  return html`<${Card} title="Action items" className="span12" id="action-items">
    ${!all.length && html`<${Empty}>No action items yet. Linked items are checked in later drills.<//>`}
    <ul class="plain">${all.map((one) => html`<li class="piece" key=${one.key}><div>${one.text} <span class="muted">${one.owner}</span> ${one.check && html`<${Badge} kind="good">${words(one.check)}<//>`}</div></li>`)}</ul>
    <form onSubmit=${send.run}>
      <${Lines} label="Action" required rows=${2} value=${draft.text} onText=${(text) => put({ text })} />
      <div class="two"><${Field} label="Owner"><input required maxlength="64" value=${draft.owner} onInput=${(event) => put({ owner: event.target.value })} /><//>
        <${Field} label="Linked check, run in later drills"><select value=${draft.check} onChange=${(event) => put({ check: event.target.value })}><option value="">none</option>${Object.entries(checks).map(([id, title]) => html`<option key=${id} value=${id}>${title}</option>`)}</select><//></div>
      <${ErrorNote} error=${send.error} /><${Button} type="submit" busy=${send.busy}>Add action item<//>
    </form><//>`;
}

/** The forms of the review, each with what was written so far. */
export function Review({ choices }) {
  return html`<div class="columns">
    <div class="grid"><${Reflections} questions=${choices.questions} /><${Causes} levels=${choices.cause_levels} /></div>
    <div class="grid"><${Lessons} kinds=${choices.learnings} lists=${choices.learning_lists} /><${ActionItems} checks=${choices.checks} /></div>
  </div>`;
}
