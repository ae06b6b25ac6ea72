import { useCallback, useState } from "react";
import type { RecordData, RecordType } from "@/api/records";
import type { Newest } from "@/api/useNewest";
import type { Draft } from "@/lib/drafts";
import { current, isPassed, isUnsaved, taken } from "@/lib/drafts";
import { useByKey } from "@/lib/useByKey";
import { useDraft } from "@/components/useDraft";
import { toast } from "./Toast";

export interface Shared<V> {
  value: V;
  set: (next: V | ((before: V) => V)) => void;
  /** Sends what is written, or `written` where that is set in the same breath. */
  save: (send: (value: V) => Promise<unknown>, written?: V) => Promise<void>;
  discard: () => void;
  isDraft: boolean;
  /** What the draft began with. */
  base: V;
  /** What somebody saved since then. */
  clash: { by: string; value: V } | null;
  /** Goes on from theirs with that text. */
  settle: (settled: V) => void;
}

/**
 * A draft on top of what stands. `read` turns the data of a record into the form's own shape, and
 * `blank` is that of nothing. The draft outlives reloads, lost connections and other people's saves.
 *
 * Returns `value`, `set(next)`, `isDraft`, `base` (what the draft began with), `clash` (what somebody
 * saved since then, else null), `settle(value)` (goes on from theirs with that text), `discard()` and
 * `save(send)`.
 */
export function useShared<T extends RecordType, V>(
  name: string,
  newest: Newest<T> | null,
  read: (data: RecordData[T]) => V,
  blank: V,
): Shared<V> {
  const [kept, setDraft] = useDraft<Draft<V> | null>(name, null);
  const [isSending, setSending] = useState(false);
  const seq = newest?.seq || 0;
  const standing = useByKey(seq, () => (newest ? read(newest.data) : blank));
  const draft = current(kept, seq, standing);
  const value = draft ? draft.value : standing;
  const set: Shared<V>["set"] = useCallback(
    (next) =>
      setDraft((before) => {
        const from = current(before, seq, standing) || { on: seq, base: standing, value: standing };
        return {
          ...from,
          value: typeof next === "function" ? (next as (before: V) => V)(from.value) : next,
        };
      }),
    [seq, standing, setDraft],
  );
  const discard = useCallback(() => setDraft(null), [setDraft]);
  const save: Shared<V>["save"] = async (send, written = value) => {
    setSending(true);
    try {
      await send(written);
      void toast("Saved");
      setDraft((before) => taken(before, written));
    } finally {
      setSending(false);
    }
  };
  return {
    value,
    set,
    save,
    discard,
    isDraft: isUnsaved(draft),
    base: draft ? draft.base : standing,
    clash: !isSending && newest && isPassed(draft, seq) ? { by: newest.by, value: standing } : null,
    settle: (settled) => setDraft({ on: seq, base: standing, value: settled }),
  };
}
