// The lines of the rubric that only a person can grade.

import { Badge, Button, Card, Empty, ErrorNote, api, html, useAct, usePoll, useState } from "../lib.js";

const EVERY_MS = 10000;
const OPEN = "for the instructor";

/** Lines that wait for the instructor, and those that were graded already. */
export function RubricGrading() {
  const { data, error, again } = usePoll("/v1/score", EVERY_MS);
  const [all, setAll] = useState(false);
  const lines = (data?.sections || []).flatMap((section) => section.lines.map((line) => ({ ...line, section: section.title })));
  const shown = all ? lines : lines.filter((line) => line.verdict === OPEN);
  return html`<${Card} title="Grade the rubric" className="span12" id="judge" actions=${html`<label class="tick"><input type="checkbox" checked=${all} onChange=${(event) => setAll(event.target.checked)} /> show all lines</label>`}>
    ${data && html`<p class="muted">${data.total} of ${data.total_max} points so far; ${data.open_points} not graded yet${data.hint_points ? `, ${data.hint_points} deducted for hints` : ""}.</p>`}
    ${data && !shown.length && html`<${Empty}>Nothing to grade.<//>`}
    <ul class="plain">${shown.map((line) => html`<${Line} key=${line.line} line=${line} onGraded=${again} />`)}</ul>
    <${ErrorNote} error=${error} />
  <//>`;
}

function Line({ line, onGraded }) {
  const [points, setPoints] = useState(String(line.points));
  const [note, setNote] = useState("");
  const grade = useAct(async (event) => {
    event.preventDefault();
    await api.post("/v1/instructor/judge", { line: line.line, points: Number(points), note });
    onGraded();
  });
  return html`<li class="piece"><div><span class="muted">${line.section}</span><div>${line.text}</div>
    <div class="muted"><${Badge} kind=${line.verdict === OPEN ? "warn" : "quiet"}>${line.verdict}<//> ${line.because}</div><${ErrorNote} error=${grade.error} /></div>
    <form class="actions" onSubmit=${grade.run}>
      <input class="narrow" type="number" min="0" max=${line.points_max} required aria-label=${`Points for: ${line.text}`} value=${points} onInput=${(event) => setPoints(event.target.value)} /> of ${line.points_max}
      <input class="medium" aria-label=${`Reason for: ${line.text}`} placeholder="Reason" value=${note} onInput=${(event) => setNote(event.target.value)} />
      <${Button} type="submit" busy=${grade.busy}>Grade<//>
    </form></li>`;
}
