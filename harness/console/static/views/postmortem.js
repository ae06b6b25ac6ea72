// The postmortem: drafted from the record, then written by people, several at once if need be.

import { ErrorNote, Loading, api, html, toast, useDraft, useEffect, useLive, usePoll, useRef, useState } from "../lib.js";
import { clock } from "../logic/format.js";
import { compared, united } from "../logic/diff.js";
import { Review } from "../parts/lessons.js";

const EVERY_MS = 5000;
const TEXT_MAX = 100_000;

export default function Postmortem() {
  const { status } = useLive();
  const { data: choices } = usePoll("/v1/choices");
  return html`<${Paper} drillId=${status.drill_id} />${choices && html`<h2 class="v-row">Lessons learned</h2><${Review} choices=${choices} />`}`;
}

/**
 * `mine` is what is being written, with the version that it began with; it outlives a reload.
 * Null while nobody writes here: then the page shows what is saved, as it changes.
 */
function Paper({ drillId }) {
  const { data: saved, error, again, put } = usePoll("/v1/postmortem", EVERY_MS);
  const [mine, setMine] = useDraft(`postmortem ${drillId}`, null);
  const [problem, setProblem] = useState(null);
  const [isBusy, setBusy] = useState(false);
  if (error && !saved) return html`<${ErrorNote} error=${error} />`;
  if (!saved) return html`<${Loading} />`;
  const isChanged = mine !== null && mine.text !== saved.text;
  const isBehind = isChanged && mine.base !== saved.version;
  const attempt = async (work, done) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      toast(done);
    } catch (failed) {
      setProblem(failed);
    }
    setBusy(false);
    again();
  };
  const save = (text, base) => attempt(async () => {
    const now = await api.post("/v1/postmortem/text", { text, base_version: base });
    put(now);
    // What was typed while the text was on its way goes on from the text as it was saved.
    setMine((typed) => (typed && typed.text !== text ? { text: typed.text, base: now.version } : null));
  }, "Saved.");
  const draft = () => attempt(() => api.post("/v1/postmortem", {}), saved.text && !saved.is_draft ? "A new draft is ready next to your text." : "Drafted from the record.");
  const text = mine?.text ?? saved.text;
  const write = (next) => setMine({ text: next, base: mine?.base ?? saved.version });
  return html`<div class="v-page">
    <div class="v-bar">
      <button type="button" class="button" disabled=${isBusy} onClick=${draft}>${saved.text ? "Draft again from the record" : "Draft from the record"}</button>
      <span class="muted">${stateOf(saved, isChanged)}</span>
      <span class="v-push"></span>
      ${isChanged && html`<button type="button" class="button" onClick=${() => setMine(null)}>Discard my changes</button>`}
      <button type="button" class="button primary" disabled=${isBusy || !isChanged || isBehind || !text.trim()} onClick=${() => save(text, mine.base)}>Save</button>
    </div>
    ${problem && !(problem.status === 409 && isBehind) && html`<${ErrorNote} error=${problem} />`}
    ${isBehind && html`<${Conflict} mine=${mine.text} saved=${saved} onTake=${(next) => setMine({ text: next, base: saved.version })} />`}
    <div class="v-editor">
      <label class="v-wide">${isBehind ? "your text" : "text (Markdown)"}
        <textarea value=${text} maxlength=${TEXT_MAX} spellcheck="true" placeholder="Draft it from the record, or start writing." onInput=${(event) => write(event.target.value)}></textarea></label>
      ${saved.draft && saved.draft !== text && html`<details class="card"><summary>Newest draft from the record</summary>
        <button type="button" class="button" onClick=${() => write(united(text, saved.draft))}>Merge the new draft</button><pre class="v-pre">${saved.draft}</pre></details>`}
    </div>
  </div>`;
}

function stateOf(saved, isChanged) {
  if (isChanged) return "Unsaved changes, kept in this browser.";
  if (!saved.text) return "No postmortem yet.";
  if (saved.by) return `Saved by ${saved.by} at ${clock(Date.parse(saved.at))}.`;
  return saved.is_draft ? "Draft from the record, not edited yet." : "Saved in the file.";
}

const SIGNS = { mine: "+", theirs: "−", same: "" };

/** Two texts that grew apart: both on the page, until a person has put them together. */
function Conflict({ mine, saved, onTake }) {
  const box = useRef(null);
  useEffect(() => { box.current.focus(); }, []);
  const lines = compared(mine, saved.text);
  return html`<section ref=${box} tabindex="-1" class="card v-conflict" role="alert">
    <h2>▲ ${saved.by || "Somebody"} saved a different version while you were writing</h2>
    <p>Nothing is lost: your text is below, theirs is here. Merge them, then save.</p>
    <p class="v-acts">
      <button type="button" class="button primary" onClick=${() => onTake(united(mine, saved.text))}>Merge both, line by line</button>
      <button type="button" class="button" onClick=${() => onTake(mine)}>Keep mine</button>
      <button type="button" class="button" onClick=${() => onTake(saved.text)}>Take theirs</button>
    </p>
    ${lines ? html`<div class="scroll v-tall"><table class="v-diff"><tbody>${lines.map((line, index) => html`<tr key=${index} class=${`v-diff-${{ mine: "added", theirs: "removed", same: "same" }[line.kind]}`}><td>${{ mine: "yours", theirs: "theirs", same: "" }[line.kind]}</td><td aria-hidden="true">${SIGNS[line.kind]}</td><td><code>${line.text || " "}</code></td></tr>`)}</tbody></table></div>`
      : html`<pre class="v-pre v-tall">${saved.text}</pre>`}
  </section>`;
}
