// The frame: who is here, phase and clock, the menu, the view that the address names.

import { Badge, Button, ErrorNote, Fragment, Loading, Toast, api, html, session, toast, useEffect, useLive, useRef, useState } from "./lib.js";
import { stopwatch } from "./logic/format.js";
import { connect } from "./live.js";
import { Identity } from "./parts/identity.js";
import { VIEWS, load } from "./views/index.js";

const viewOf = () => location.hash.replace(/^#\//, "").split("?")[0] || "now";

function useView() {
  const [id, setId] = useState(viewOf());
  useEffect(() => {
    const changed = () => setId(viewOf());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return id;
}

function useTheme() {
  const [theme, setTheme] = useState(localStorage.getItem("theme") || "auto");
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  }, [theme]);
  return [theme, () => setTheme({ auto: "dark", dark: "light", light: "auto" }[theme])];
}

function Connection({ state }) {
  if (state === "live") return html`<${Badge} kind="good">live<//>`;
  if (state === "over") return html`<${Badge} kind="quiet">ended<//>`;
  return html`<${Badge} kind="warn">${state === "refused" ? "refused" : "reconnecting"}<//>`;
}

/** Seconds since the newest status came, so that clocks go on between two of them. */
export function useSince(moment) {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((turn) => turn + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return moment ? Math.max(0, (Date.now() - moment) / 1000) : 0;
}

function PhaseBar({ status, at }) {
  const since = useSince(at);
  if (!status) return null;
  const { clock, speed, update_due_s: due, agenda } = status.exercise;
  const passed = clock.is_running && !clock.is_paused ? since * speed : 0;
  const remaining = clock.remaining_s === null ? null : clock.remaining_s - passed;
  return html`<div class="phase">
    <strong>${clock.phase_title}</strong>
    ${remaining !== null && html`<span class="figure" title="Time left in this phase">${stopwatch(Math.max(0, remaining))} left</span>`}
    ${clock.is_paused && html`<${Badge} kind="warn">paused<//>`}
    ${agenda === "solo" && html`<span class="muted">${stopwatch(status.elapsed_s + since)} elapsed</span>`}
    ${due !== null && html`<span class=${due - since < 0 ? "late" : "muted"}>${due - since < 0 ? "update overdue by " : "next update due in "}${stopwatch(Math.abs(due - since))}</span>`}
  </div>`;
}

const SHORTCUTS = [["a", "acknowledge all pages"], ["h", "add a hypothesis"], ["/", "search in this view"], ["?", "show this list"], ["Esc", "close"]];

function Help({ views, close }) {
  const box = useRef(null);
  useEffect(() => { box.current.showModal(); }, []);
  return html`<dialog ref=${box} onClose=${close} aria-label="Keyboard shortcuts">
    <h2>Keyboard shortcuts</h2>
    <dl class="keys">
      ${views.map((view) => html`<${Fragment} key=${view.id}><dt><kbd>g</kbd> <kbd>${view.key}</kbd></dt><dd>${view.title}</dd><//>`)}
      ${SHORTCUTS.map(([key, what]) => html`<${Fragment} key=${key}><dt><kbd>${key}</kbd></dt><dd>${what}</dd><//>`)}
    </dl>
    <form method="dialog"><${Button} type="submit">Close<//></form>
  </dialog>`;
}

async function acknowledge() {
  try {
    await api.post("/v1/pages/ack", {});
    toast("Acknowledged");
  } catch (error) {
    toast(error.message, "bad");
  }
}

function useKeys(views, setHelp) {
  useEffect(() => {
    let going = 0;
    const pressed = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select, dialog")) return;
      const view = views.find((one) => one.key === event.key);
      if (Date.now() - going < 1500 && view) location.hash = `#/${view.id}`;
      else if (event.key === "g") { going = Date.now(); return; }
      else if (event.key === "a") acknowledge();
      else if (event.key === "h") location.hash = "#/diagnosis?new";
      else if (event.key === "?") setHelp(true);
      else if (event.key === "/") document.querySelector("[data-search]")?.focus();
      else return;
      going = 0;
      event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [views]);
}

function View({ id, instructor }) {
  const [found, setFound] = useState({ id: null });
  useEffect(() => {
    let here = true;
    load(id).then(
      (module) => here && setFound({ id, view: module.default }),
      (error) => here && setFound({ id, error }),
    );
    return () => { here = false; };
  }, [id]);
  if (found.id !== id) return html`<${Loading} />`;
  if (found.error) return html`<${ErrorNote} error=${found.error} />`;
  return html`<${found.view} who=${{ person: session.person, instructor }} />`;
}

function Refusal({ problem }) {
  return html`<main class="refusal">
    <h1>${problem.status === 401 ? "This link has no valid token" : "Access denied"}</h1>
    <p>${problem.status === 401 ? "Open the link that the terminal printed for your role. It ends in #token=… and is valid until its drill ends." : problem.detail}</p>
    <p><code>drill open</code> prints it again.</p>
  </main>`;
}

function App() {
  const live = useLive();
  const id = useView();
  const [theme, nextTheme] = useTheme();
  const [help, setHelp] = useState(false);
  const instructor = live.status?.audience === "instructor";
  const views = VIEWS.filter((view) => !view.instructor || instructor);
  useKeys(views, setHelp);
  const current = VIEWS.find((view) => view.id === id);
  // On a narrow screen the menu scrolls: where one is must be in sight.
  useEffect(() => { document.querySelector(".top nav a[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" }); }, [id, Boolean(live.status)]);
  useEffect(() => { document.title = `${current?.title || "3AM"} · ${live.status?.drill_id || "3AM"}`; });
  if (live.connection === "refused") return html`<${Refusal} problem=${live.problem} />`;
  if (!live.status) return html`<${Loading} what=${live.connection === "connecting" ? "Connecting to the drill" : "The drill does not answer yet; retrying"} />`;
  const forbidden = current?.instructor && !instructor;
  return html`<${Fragment}>
    <a class="skip" href="#main">Skip to content</a>
    <header class="top">
      <div class="brand"><strong>3AM</strong> <span class="muted">${live.status.drill_id}</span> <${Connection} state=${live.connection} /></div>
      <${PhaseBar} status=${live.status} at=${live.at} />
      <div class="me">
        <${Identity} roles=${live.status.exercise.roles} instructor=${instructor} />
        <button class="button quiet" onClick=${nextTheme} title="Theme: light, dark or auto">${theme}</button>
        <button class="button quiet" onClick=${() => setHelp(true)} aria-label="Keyboard shortcuts">?</button>
      </div>
      <nav aria-label="Views">${views.map((view) => html`<a key=${view.id} href=${`#/${view.id}`} aria-current=${view.id === id ? "page" : undefined}>${view.title}</a>`)}</nav>
    </header>
    ${live.status.machine_busy && html`<p class="note warn" role="status"><strong>The machine is busy, signals are not fair.</strong> ${live.status.machine_busy}</p>`}
    ${live.over && html`<p class="note info">The drill is over: ${live.over.reason}. <code>drill score</code> shows the scorecard.</p>`}
    <main id="main" class=${`view view-${id}`}>
      ${!current && html`<p class="empty">There is no view named ${id}.</p>`}
      ${forbidden && html`<div class="refusal"><h1>403: instructor only</h1><p>${current.title} shows the answer or controls the clock, so it needs the instructor's link. You have a participant's link; every view in the menu above is open to you.</p></div>`}
      ${current && !forbidden && html`<${View} key=${id} id=${id} instructor=${instructor} />`}
    </main>
    ${help && html`<${Help} views=${views} close=${() => setHelp(false)} />`}
    <${Toast} />
  <//>`;
}

connect();
ReactDOM.createRoot(document.getElementById("app")).render(html`<${App} />`);
