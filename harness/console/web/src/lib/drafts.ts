// A draft on top of what stands: `{on, base, value}`, begun when record `on` said `base`.
// Once the server has taken a text, `sent` is that text, until the stream brings its record.

export interface Draft<V> {
  on: number;
  base: V;
  value: V;
  sent?: V;
}

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** The draft as it is now that `standing`, of record `seq`, is what stands; null for none. */
export function current<V>(draft: Draft<V> | null, seq: number, standing: V): Draft<V> | null {
  if (!draft || draft.sent === undefined || seq <= draft.on) return draft;
  // What was typed while the text was on its way goes on from the text as it was saved.
  return same(draft.value, draft.sent) ? null : { on: seq, base: standing, value: draft.value };
}

/** The draft whose text `sent` has been taken. Taken away at once, it would show what was before it. */
export function taken<V>(draft: Draft<V> | null, sent: V): Draft<V> | null {
  return draft && { ...draft, sent };
}

/** What is left of a form's draft once `sent` of it was taken: what was written since, else `blank`. */
export function writtenSince<V>(draft: V, sent: V, blank: V): V {
  if (same(draft, sent)) return blank;
  if (typeof draft !== "object" || draft === null) return draft;
  const left: V = { ...draft };
  for (const key of Object.keys(draft) as (keyof V)[]) {
    if (same(draft[key], sent[key])) left[key] = blank[key];
  }
  return left;
}

/** Whether somebody still has to save it. */
export function isUnsaved(draft: Draft<unknown> | null): boolean {
  return draft !== null && (draft.sent === undefined || !same(draft.value, draft.sent));
}

/** Whether somebody else's record `seq` came after the draft was begun. */
export function isPassed(draft: Draft<unknown> | null, seq: number): boolean {
  return draft !== null && draft.sent === undefined && seq > draft.on;
}
