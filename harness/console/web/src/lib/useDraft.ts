// What somebody is still writing.

import { useCallback, useState } from "react";
import { writtenSince } from "./drafts";

export type SetDraft<T> = (next: T | ((before: T) => T)) => void;

/**
 * State that outlives a reload and other people's changes: what somebody is still writing.
 *
 * Returns the value, `set(next)`, and `taken(sent)`: what was sent is no draft any more, what was
 * written since then is.
 */
export function useDraft<T>(
  name: string,
  initial: T,
): readonly [T, SetDraft<T>, (sent: T) => void] {
  const key = `draft ${name}`;
  const [value, setValue] = useState<T>(() => kept(key) ?? initial);
  const set: SetDraft<T> = useCallback(
    (next) =>
      setValue((before) => {
        // A draft is data, never a function.
        const after = typeof next === "function" ? (next as (before: T) => T)(before) : next;
        if (after === initial) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, JSON.stringify(after));
        return after;
      }),
    [key, initial],
  );
  const taken = useCallback(
    (sent: T) => set((before) => writtenSince(before, sent, initial)),
    [set, initial],
  );
  return [value, set, taken];
}

function kept<T>(key: string): T | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}
