// Logs: followed live or searched, one line with all its fields.

import { Empty, ErrorNote, api, attachEvidence, html, useEffect, useRef, useState } from "../lib.js";
import { plain } from "../logic/format.js";
import { foldFrames } from "../logic/traceback.js";
import { appended, prepended } from "../logic/windowing.js";
import { go, href, useParams, useServices } from "../parts/kit.js";
import { LogList } from "../parts/loglist.js";

const EVERY_MS = 1500;
const LINES_MAX = 10_000;
const ASK_MAX = 2000;
const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];
const TEXT_WAIT_MS = 350;

function searchOf({ service, level, contains, trace }) {
  return { ...(service && { service }), ...(level && { level }), ...(contains && { contains }), ...(trace && { trace_id: trace }) };
}

/** The lines that match, those that come while `isLive`; `older` asks for those before them. */
function useLines(search, isLive) {
  const [lines, setLines] = useState(null);
  const [error, setError] = useState(null);
  const [isComplete, setComplete] = useState(false);
  const last = useRef(0);
  const key = JSON.stringify(search);
  useEffect(() => {
    last.current = 0;
    setLines(null);
    setComplete(false);
  }, [key]);
  useEffect(() => {
    // A pause keeps what is shown; another search is still answered once.
    if (!isLive && last.current) return undefined;
    let isOver = false;
    let timer = 0;
    const ask = async () => {
      try {
        const { records } = document.hidden ? { records: [] } : await api.get("/v1/logs", { ...JSON.parse(key), after: last.current, limit: ASK_MAX });
        if (isOver) return;
        setError(null);
        if (records.length) last.current = records.at(-1).seq;
        setLines((before) => appended(before ?? [], records, LINES_MAX));
      } catch (problem) {
        if (!isOver) setError(problem);
      }
      if (!isOver && isLive) timer = setTimeout(ask, EVERY_MS);
    };
    ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [key, isLive]);
  const newest = useRef(key);
  newest.current = key;
  const older = async () => {
    try {
      const { records } = await api.get("/v1/logs", { ...search, before: lines[0].seq, limit: ASK_MAX });
      if (newest.current !== key) return;
      setLines((now) => prepended(now, records, LINES_MAX));
      setComplete(records.length < ASK_MAX);
    } catch (problem) {
      setError(problem);
    }
  };
  const hasOlder = !isComplete && lines?.length >= ASK_MAX && lines.length < LINES_MAX;
  return { lines, error, older: hasOlder ? older : null };
}

export default function Logs() {
  const params = useParams();
  const services = useServices();
  const [isLive, setLive] = useState(true);
  const [isFollowing, setFollowing] = useState(!params.seq);
  const [chosen, setChosen] = useState(null);
  const { lines, error, older } = useLines(searchOf(params), isLive);
  const set = (changes) => go("logs", { ...params, ...changes });
  useEffect(() => {
    const wanted = params.seq && lines?.find((line) => line.seq === Number(params.seq));
    if (wanted && !chosen) setChosen(wanted);
  }, [lines, params.seq]);
  const choose = (line) => {
    setChosen(line);
    setFollowing(false);
  };
  return html`<div class="v-page v-logs">
    <div class="v-bar">
      <label class="v-field">service <select value=${params.service ?? ""} onChange=${(event) => set({ service: event.target.value })}><option value="">all</option>${services.map((name) => html`<option key=${name}>${name}</option>`)}</select></label>
      <label class="v-field">level <select value=${params.level ?? ""} onChange=${(event) => set({ level: event.target.value })}><option value="">all</option>${LEVELS.map((name) => html`<option key=${name} value=${name}>${name} and above</option>`)}</select></label>
      <${Contains} value=${params.contains ?? ""} onPick=${(contains) => set({ contains })} />
      ${params.trace && html`<span class="v-chip">trace ${params.trace.slice(0, 8)}… <button type="button" class="button quiet" aria-label="All traces" onClick=${() => set({ trace: "", seq: "" })}>✕</button></span>`}
      <span class="v-push"></span>
      <span class="muted" role="status">${lines ? `${plain(lines.length)} lines` : "…"}${lines?.length >= LINES_MAX ? ", older lines dropped" : ""}</span>
      ${older && html`<button type="button" class="button" onClick=${older}>↑ Older lines</button>`}
      ${!isFollowing && isLive && html`<button type="button" class="button" onClick=${() => setFollowing(true)}>↓ Jump to newest</button>`}
      <button type="button" class="button" aria-pressed=${!isLive} onClick=${() => setLive(!isLive)}>${isLive ? "❚❚ Pause" : "▶ Resume"}</button>
    </div>
    ${error && html`<${ErrorNote} error=${error} />`}
    ${lines?.length === 0 && html`<${Empty}>No lines match. ${params.contains ? "The text may be anywhere in the line, in upper or lower case." : ""}<//>`}
    <div class=${chosen ? "v-logs-body v-with-detail" : "v-logs-body"}>
      <${LogList} lines=${lines ?? []} chosen=${chosen?.seq} onChoose=${choose} isFollowing=${isFollowing && isLive} onFollow=${setFollowing} />
      ${chosen && html`<${Detail} line=${chosen} onClose=${() => setChosen(null)} onFilter=${set} />`}
    </div>
  </div>`;
}

function Contains({ value, onPick }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => onPick(typed), TEXT_WAIT_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`<label class="v-field v-grow">text <input type="search" data-search value=${typed} spellcheck="false" placeholder="Anywhere in the line" onInput=${(event) => setTyped(event.target.value)} /></label>`;
}

function Detail({ line, onClose, onFilter }) {
  const { traceback, ...fields } = line;
  return html`<aside class="v-line-detail" aria-label="Log line">
    <header class="v-bar"><b>line ${line.seq}</b><span class="v-push"></span>
      <button type="button" class="button" onClick=${() => attachEvidence(`log:${line.seq}`, `${line.service}: ${line.event}`.slice(0, 120))}>Attach</button>
      <button type="button" class="button quiet" aria-label="Close" onClick=${onClose}>✕</button></header>
    <dl class="v-tags">${Object.entries(fields).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${typeof value === "object" ? JSON.stringify(value) : String(value)}</dd></div>`)}</dl>
    ${traceback && html`<pre class="v-pre">${foldFrames(traceback)}</pre>
    <details><summary>All frames</summary><pre class="v-pre">${traceback}</pre></details>`}
    <p class="v-acts">
      ${line.trace_id && html`<a class="button" href=${href("traces", { trace: line.trace_id })}>Open trace</a>
      <button type="button" class="button" onClick=${() => onFilter({ trace: line.trace_id, service: "", level: "", contains: "" })}>Show lines of this trace</button>`}
      <button type="button" class="button" onClick=${() => onFilter({ service: line.service, trace: "" })}>Show only ${line.service}</button>
    </p>
  </aside>`;
}
