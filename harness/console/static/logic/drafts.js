// A draft on top of what stands: `{on, base, value}`, begun when record `on` said `base`.
// Once the server has taken a text, `sent` is that text, until the stream brings its record.

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The draft as it is now that `standing`, of record `seq`, is what stands; null for none. */
export function current(draft, seq, standing) {
  if (!draft || draft.sent === undefined || seq <= draft.on) return draft;
  // What was typed while the text was on its way goes on from the text as it was saved.
  return same(draft.value, draft.sent) ? null : { on: seq, base: standing, value: draft.value };
}

/** The draft whose text `sent` has been taken. Taken away at once, it would show what was before it. */
export function taken(draft, sent) {
  return draft && { ...draft, sent };
}

/** What is left of a form's draft once `sent` of it was taken: what was written since, else `blank`. */
export function writtenSince(draft, sent, blank) {
  if (same(draft, sent)) return blank;
  if (typeof draft !== "object" || draft === null) return draft;
  return Object.fromEntries(Object.keys(draft).map((key) => [key, same(draft[key], sent[key]) ? blank[key] : draft[key]]));
}

/** Whether somebody still has to save it. */
export function isUnsaved(draft) {
  return draft !== null && (draft.sent === undefined || !same(draft.value, draft.sent));
}

/** Whether somebody else's record `seq` came after the draft was begun. */
export function isPassed(draft, seq) {
  return draft !== null && draft.sent === undefined && seq > draft.on;
}
