// What the views of telemetry and history share: links between views, and the colours of the theme.

import { useEffect, useLive, useState } from "../lib.js";

/** Names of the shop's services, as the status tells them. */
export function useServices() {
  const { status } = useLive();
  return status.services.map((one) => one.name);
}

function readHash() {
  const [view, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { view, params: Object.fromEntries(new URLSearchParams(query)) };
}

/** What stands after the `?` of the view's address. */
export function useParams() {
  const [read, setRead] = useState(readHash);
  useEffect(() => {
    const changed = () => setRead(readHash());
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);
  return read.params;
}

/** The address of a view with parameters; empty ones are left out. */
export function href(view, params = {}) {
  const kept = Object.entries(params).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(kept).toString();
  return `#/${view}${query ? `?${query}` : ""}`;
}

export function go(view, params) {
  location.hash = href(view, params);
}

/** Counts up whenever light turns to dark or back: what is drawn on a canvas has to be drawn anew. */
export function useTheme() {
  const [round, setRound] = useState(0);
  useEffect(() => {
    const changed = () => setRound((before) => before + 1);
    const media = matchMedia("(prefers-color-scheme: dark)");
    const watcher = new MutationObserver(changed);
    watcher.observe(document.documentElement, { attributes: true });
    media.addEventListener("change", changed);
    return () => {
      watcher.disconnect();
      media.removeEventListener("change", changed);
    };
  }, []);
  return round;
}

/** The value of one of our colours just now. */
export function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
