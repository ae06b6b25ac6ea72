// What every view builds on: elements, hooks, the API, the live state, small parts.

import htm from "./vendor/htm.module.js";
import { api, session } from "./session.js";
import { live } from "./live.js";
import { writtenSince } from "./logic/drafts.js";

const { createElement, useState, useEffect, useRef, useMemo, useCallback, useSyncExternalStore, Fragment } = React;

export const html = htm.bind(createElement);
export { api, session, useState, useEffect, useRef, useMemo, useCallback, Fragment };

const subscribe = (listener) => {
  live.listeners.add(listener);
  return () => live.listeners.delete(listener);
};

/** The live state: connection, records (the drill's events so far), status, over. */
export function useLive() {
  return useSyncExternalStore(subscribe, () => live.state);
}

/** Calls `handler` with each new record whose type is one of `types` (none: every one). */
export function useStream(types, handler) {
  const latest = useRef(handler);
  latest.current = handler;
  const key = (types || []).join(" ");
  useEffect(() => {
    const wanted = new Set(key ? key.split(" ") : []);
    const listener = (record) => {
      if (!wanted.size || wanted.has(record.type)) latest.current(record);
    };
    live.eventListeners.add(listener);
    return () => live.eventListeners.delete(listener);
  }, [key]);
}

/**
 * Asks for `path` now, every `everyMs` (0: once), and whenever `params` change. `again()` asks at once,
 * `put(data)` takes an answer that came by another way, such as that to a change.
 */
export function usePoll(path, everyMs = 0, params = null) {
  const [state, setState] = useState({ data: null, error: null, loading: true });
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(params);
  useEffect(() => {
    if (!path) return undefined;
    const control = new AbortController();
    let timer = 0;
    const ask = async () => {
      try {
        const data = await api.get(path, params, control.signal);
        setState({ data, error: null, loading: false });
      } catch (error) {
        if (error.name === "AbortError") return;
        setState((before) => ({ ...before, error, loading: false }));
      }
      if (everyMs && !control.signal.aborted) timer = setTimeout(ask, everyMs);
    };
    ask();
    return () => { control.abort(); clearTimeout(timer); };
  }, [path, everyMs, key, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  const put = useCallback((data) => setState({ data, error: null, loading: false }), []);
  return { ...state, again, put };
}

/**
 * State that outlives a reload and other people's changes: what somebody is still writing.
 *
 * Returns the value, `set(next)`, and `taken(sent)`: what was sent is no draft any more, what was
 * written since then is.
 */
export function useDraft(name, initial) {
  const key = `draft ${name}`;
  const [value, setValue] = useState(() => {
    try { return JSON.parse(sessionStorage.getItem(key)) ?? initial; } catch { return initial; }
  });
  const set = useCallback((next) => setValue((before) => {
    const after = typeof next === "function" ? next(before) : next;
    if (after === initial) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(after));
    return after;
  }), [key]);
  const taken = useCallback((sent) => set((before) => writtenSince(before, sent, initial)), [set]);
  return [value, set, taken];
}

/** An act: `run()` does it, and tells whether it is busy and why it was refused. */
export function useAct(work) {
  const [state, setState] = useState({ busy: false, error: null });
  const latest = useRef(work);
  latest.current = work;
  const run = useCallback(async (...given) => {
    setState({ busy: true, error: null });
    try {
      const result = await latest.current(...given);
      setState({ busy: false, error: null });
      return result;
    } catch (error) {
      setState({ busy: false, error });
      return undefined;
    }
  }, []);
  return { ...state, run };
}

// Evidence that was picked up anywhere, until it is attached to a hypothesis.

const EVIDENCE = "evidence-basket";
const evidenceListeners = new Set();
let basket = JSON.parse(sessionStorage.getItem(EVIDENCE) || "[]");

function setBasket(next) {
  basket = next;
  sessionStorage.setItem(EVIDENCE, JSON.stringify(basket));
  for (const listener of evidenceListeners) listener();
}

/** Picks up a piece of evidence: a link as `drill` takes it, and what it shows. */
export function attachEvidence(link, note = "") {
  if (!basket.some((one) => one.link === link)) setBasket([...basket, { link, note }]);
  toast(`Collected as evidence: ${link}`);
}

export function useEvidence() {
  const found = useSyncExternalStore(
    (listener) => { evidenceListeners.add(listener); return () => evidenceListeners.delete(listener); },
    () => basket,
  );
  return [found, (link) => setBasket(basket.filter((one) => one.link !== link))];
}

const toastListeners = new Set();

/** Says something at the edge of the screen for a moment. */
export function toast(text, kind = "good") {
  for (const listener of toastListeners) listener({ text, kind, key: Math.random() });
}

export function Toast() {
  const [said, setSaid] = useState([]);
  useEffect(() => {
    const listener = (one) => {
      setSaid((before) => [...before, one].slice(-3));
      setTimeout(() => setSaid((before) => before.filter((other) => other !== one)), 4000);
    };
    toastListeners.add(listener);
    return () => toastListeners.delete(listener);
  }, []);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${said.map((one) => html`<p key=${one.key} class=${`toast ${one.kind}`}>${one.text}</p>`)}
  </div>`;
}

export function Card({ title, actions, children, className = "", id }) {
  return html`<section class=${`card ${className}`} aria-labelledby=${id}>
    ${title && html`<header><h2 id=${id}>${title}</h2>${actions && html`<div class="actions">${actions}</div>`}</header>`}
    ${children}
  </section>`;
}

export function Empty({ children }) {
  return html`<p class="empty">${children}</p>`;
}

export function Loading({ what = "Loading" }) {
  return html`<p class="loading" role="status">${what} …</p>`;
}

export function ErrorNote({ error }) {
  if (!error) return null;
  return html`<p class="note bad" role="alert"><strong>${error.message}</strong>${error.hint && html` <span>${error.hint}</span>`}</p>`;
}

export function Button({ children, onClick, kind = "", busy = false, type = "button", ...rest }) {
  return html`<button type=${type} class=${`button ${kind}`} onClick=${onClick} aria-busy=${busy} disabled=${busy || rest.disabled} ...${{ ...rest, disabled: busy || rest.disabled }}>${children}</button>`;
}

const ICONS = { good: "✓", warn: "!", bad: "✕", quiet: "·", info: "i" };

/** A state in a word; its sign says the same without the colour. */
export function Badge({ kind = "quiet", children }) {
  return html`<span class=${`badge ${kind}`}><span aria-hidden="true">${ICONS[kind]}</span> ${children}</span>`;
}

export function Field({ label, hint, children }) {
  return html`<label class="field"><span class="label">${label}</span>${children}${hint && html`<span class="hint">${hint}</span>`}</label>`;
}

/** Text lines of a box as a list, empty ones left out. */
export const asList = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
