// Where what somebody is still writing lies: in the browser, so that a closed tab loses none of it.
// It is kept for one drill and one person, and thrown away once it is another drill.

import { live } from "./live";
import { place } from "./place";
import { session } from "./session";

const BEGIN = "draft/";
/** A hub has several drills at a time: what of another one is so old was left behind. */
const OLD_MS = 7 * 86_400_000;

interface Kept {
  atMs: number;
  value: unknown;
}

const ownerOf = (drill: string, person: string) =>
  `${BEGIN}${encodeURIComponent(drill)}/${encodeURIComponent(person)}/`;
const owner = () => ownerOf(live.state.status?.drill_id ?? "", session.person);

function keptAt(key: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

function keys(begin: string): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(begin));
}

export const shelf = {
  /** Whose drafts these are: another drill, or another person, has others. */
  get owner(): string {
    return owner();
  },
  get<T>(name: string): T | null {
    return (keptAt(owner() + name)?.value ?? null) as T | null;
  },
  /** Lays it there; null takes it away. */
  put(name: string, value: unknown) {
    const key = owner() + name;
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ atMs: Date.now(), value } satisfies Kept));
    } catch {
      // A browser that keeps nothing: the draft lives as long as its tab.
    }
  },
  /** Takes away what belongs to other drills: all of it, or at a hub what is old. */
  tidy() {
    const drill = live.state.status?.drill_id;
    if (!drill) return;
    const mine = `${BEGIN}${encodeURIComponent(drill)}/`;
    for (const key of keys(BEGIN).filter((one) => !one.startsWith(mine))) {
      const isOld = Date.now() - (keptAt(key)?.atMs ?? 0) > OLD_MS;
      if (!place || isOld) localStorage.removeItem(key);
    }
  },
  /** Whoever says who they are takes along what they began to write before. */
  rename(person: string) {
    const before = owner();
    const wasNobody = session.person === "";
    session.person = person;
    if (!wasNobody || !person) return;
    for (const key of keys(before)) {
      const wanted = owner() + key.slice(before.length);
      const found = localStorage.getItem(key);
      if (found !== null && localStorage.getItem(wanted) === null)
        localStorage.setItem(wanted, found);
      localStorage.removeItem(key);
    }
  },
};
