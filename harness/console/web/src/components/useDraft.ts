// What somebody is still writing.

import { useCallback, useState } from "react";
import { shelf } from "@/api/shelf";
import { writtenSince } from "@/lib/drafts";

export type SetDraft<T> = (next: T | ((before: T) => T)) => void;

/**
 * State that outlives its tab and other people's changes: what somebody is still writing.
 *
 * Returns the value, `set(next)`, and `taken(sent)`: what was sent is no draft any more, what was
 * written since then is.
 */
export function useDraft<T>(
  name: string,
  initial: T,
): readonly [T, SetDraft<T>, (sent: T) => void] {
  const [value, setValue] = useState<T>(() => shelf.get<T>(name) ?? initial);
  const set: SetDraft<T> = useCallback(
    (next) =>
      setValue((before) => {
        // A draft is data, never a function.
        const after = typeof next === "function" ? (next as (before: T) => T)(before) : next;
        shelf.put(name, after === initial ? null : after);
        return after;
      }),
    [name, initial],
  );
  const taken = useCallback(
    (sent: T) => set((before) => writtenSince(before, sent, initial)),
    [set, initial],
  );
  return [value, set, taken];
}
