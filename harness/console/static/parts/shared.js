// Something that several people write: what stands, what I am writing, and both when they differ.

import { Button, html, toast, useCallback, useDraft, useLive, useMemo, useState } from "../lib.js";
import { current, isPassed, isUnsaved, taken } from "../logic/drafts.js";

/** The newest record of a type as `{seq, by, at, data}`; null before the first. */
export function useNewest(type) {
  const { records } = useLive();
  return useMemo(() => {
    const found = records.findLast((one) => one.type === type);
    return found ? { seq: Number(found.id), by: found.data.by, at: found.time, data: found.data } : null;
  }, [records, type]);
}

/**
 * A draft on top of what stands. `read` turns the data of a record into the form's own shape, and
 * `blank` is that of nothing. The draft outlives reloads, lost connections and other people's saves.
 *
 * Returns `value`, `set(next)`, `isDraft`, `base` (what the draft began with), `clash` (what somebody
 * saved since then, else null), `settle(value)` (goes on from theirs with that text), `discard()` and
 * `save(send)`.
 */
export function useShared(name, newest, read, blank) {
  const [kept, setDraft] = useDraft(name, null);
  const [isSending, setSending] = useState(false);
  const seq = newest?.seq || 0;
  const standing = useMemo(() => (newest ? read(newest.data) : blank), [seq]);
  const draft = current(kept, seq, standing);
  const value = draft ? draft.value : standing;
  const set = useCallback((next) => setDraft((before) => {
    const from = current(before, seq, standing) || { on: seq, base: standing, value: standing };
    return { ...from, value: typeof next === "function" ? next(from.value) : next };
  }), [seq]);
  const discard = useCallback(() => setDraft(null), [setDraft]);
  const save = async (send) => {
    setSending(true);
    try {
      await send(value);
      toast("Saved");
      setDraft((before) => taken(before, value));
    } finally {
      setSending(false);
    }
  };
  return {
    value, set, save, discard, isDraft: isUnsaved(draft), base: draft ? draft.base : standing,
    clash: !isSending && isPassed(draft, seq) ? { ...newest, value: standing } : null,
    settle: (settled) => setDraft({ on: seq, base: standing, value: settled }),
  };
}

/** Says that somebody saved meanwhile, and offers what can be done about it. Nothing is lost by any. */
export function Clash({ shared, merge, children }) {
  const { clash } = shared;
  if (!clash) return null;
  return html`<div class="note warn" role="alert">
    <p><strong>${clash.by || "Somebody"} saved while you were writing.</strong> Your text is kept. Theirs:</p>
    ${children}
    <div class="actions">
      <${Button} kind="primary" onClick=${() => shared.settle(merge(shared.base, shared.value, clash.value))}>Merge both<//>
      <${Button} onClick=${() => shared.settle(shared.value)}>Keep mine<//>
      <${Button} onClick=${shared.discard}>Take theirs<//>
    </div>
  </div>`;
}
