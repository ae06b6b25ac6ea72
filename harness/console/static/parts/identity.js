// Who somebody is in this drill: a name that holds a role. Under any other name nothing can be written.

import {
  Button, ErrorNote, Field, Fragment, api, html, session, toast, useAct, useEffect, usePoll, useState,
} from "../lib.js";

/**
 * Whether the name in this browser holds no role: it is of an earlier drill, or its role was taken
 * away. The status is some seconds behind, so whoever has `joined` just now counts as in.
 */
function useIsLost(people, joined, setJoined) {
  const isIn = people.has(session.person);
  useEffect(() => { if (isIn) setJoined(""); }, [isIn]);
  return session.person !== "" && session.person !== joined && !isIn;
}

export function Identity({ roles, instructor }) {
  const [open, setOpen] = useState(!session.person && !instructor);
  const [joined, setJoined] = useState("");
  const people = new Set(Object.values(roles).flat());
  const isLost = useIsLost(people, joined, setJoined) && !instructor;
  useEffect(() => { if (isLost) setOpen(true); }, [isLost]);
  // A name that is not in would be refused with everything that is written under it.
  const close = () => { if (isLost) session.person = ""; setOpen(false); };
  const enter = (person) => { setJoined(people.has(person) ? "" : person); session.person = person; setOpen(false); };
  if (instructor) return html`<span class="who">Instructor</span>`;
  return html`<${Fragment}>
    <button class="button quiet who" onClick=${() => (open ? close() : setOpen(true))} aria-expanded=${open}>${session.person || "Who are you?"}</button>
    ${open && html`<${JoinForm} roles=${roles} lost=${isLost ? session.person : ""} onEnter=${enter} onClose=${close} />`}
  <//>`;
}

function JoinForm({ roles: holders, lost, onEnter, onClose }) {
  const [name, setName] = useState(session.person);
  const [role, setRole] = useState("");
  const { data: roles } = usePoll("/v1/roles");
  const person = name.trim();
  const holds = (id) => (holders[id] || []).includes(person);
  const held = Object.keys(holders).filter(holds);
  const join = useAct(async (event) => {
    event.preventDefault();
    if (role && !holds(role)) await api.post("/v1/roles/join", { person, role });
    onEnter(person);
    toast(`${person} joined as ${role || held.join(", ")}`);
  });
  return html`<form class="popover" onSubmit=${join.run} onKeyDown=${(event) => event.key === "Escape" && onClose()} aria-label="Who you are">
    ${lost && html`<p class="note warn" role="alert">${lost} has no role in this drill. Take a role to write under this name.</p>`}
    <${Field} label="Your name"><input value=${name} required pattern=".*\\S.*" maxlength="64" onInput=${(e) => setName(e.target.value)} /><//>
    <${Field} label="Role" hint="You may hold several roles; join once for each">
      <select value=${role} required=${!held.length} onChange=${(e) => setRole(e.target.value)}>
        <option value="">${held.length ? `keep: ${held.join(", ")}` : "choose"}</option>
        ${(roles || []).map((one) => html`<option key=${one.id} value=${one.id}>${one.title}${holders[one.id] ? ` (${holders[one.id].join(", ")})` : ""}</option>`)}
      </select>
    <//>
    ${role && roles && html`<ul class="checklist">${roles.find((one) => one.id === role).responsibilities.map((line) => html`<li key=${line}>${line}</li>`)}</ul>`}
    <${ErrorNote} error=${join.error} />
    <div class="actions"><${Button} type="submit" kind="primary" busy=${join.busy}>Join<//><${Button} kind="quiet" onClick=${onClose}>Later<//></div>
  </form>`;
}
