// Everything that happened, in order, with who did it.

import { Badge, Button, Card, Empty, ErrorNote, api, html, useAct, useDraft, useLive, useMemo, useState } from "../lib.js";
import { clock, fromPage } from "../logic/format.js";

const SHOWN = 400;

export default function Timeline() {
  const { records, status } = useLive();
  const [search, setSearch] = useState("");
  const [note, setNote, taken] = useDraft("note", "");
  const write = useAct(async (event) => {
    event.preventDefault();
    await api.post("/v1/notes", { text: note });
    taken(note);
  });
  const rows = useMemo(() => records.filter((one) => one.label), [records]);
  const wanted = search.toLowerCase();
  const found = rows.filter((one) => !wanted || `${one.label} ${one.text} ${one.actor}`.toLowerCase().includes(wanted));
  return html`<div class="grid">
    <${Card} title="Add a note" className="span12" id="note">
      <form class="slider" onSubmit=${write.run}>
        <input aria-label="Note" value=${note} required maxlength="10000" placeholder="What you saw, did or decided" onInput=${(e) => setNote(e.target.value)} />
        <${Button} type="submit" busy=${write.busy}>Add note<//>
      </form><${ErrorNote} error=${write.error} />
    <//>
    <${Card} title="Timeline" className="span12" id="timeline" actions=${html`<input data-search type="search" aria-label="Search the timeline" placeholder="Search (/)" value=${search} onInput=${(e) => setSearch(e.target.value)} />`}>
      ${!found.length && html`<${Empty}>${rows.length ? "No matches." : "No events yet."}<//>`}
      ${found.length > SHOWN && html`<p class="muted">Showing the newest ${SHOWN} of ${found.length}; search to find older ones.</p>`}
      <ol class="feed">${found.slice(-SHOWN).reverse().map((one) => html`<li key=${one.id}>
        <time title=${clock(one.time)}>${fromPage(one, status.pages)}</time><div><${Badge} kind=${one.tone}>${one.label}<//> ${one.text}</div>
      </li>`)}</ol>
    <//>
  </div>`;
}
