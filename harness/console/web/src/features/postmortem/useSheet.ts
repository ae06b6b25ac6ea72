import type { SyntheticEvent } from "react";
import { useMemo } from "react";
import { api } from "@/api/client";
import type { RecordData, RecordType } from "@/api/records";
import type { BodyOf, PostPath } from "@/api/routes";
import { useAct } from "@/api/useAct";
import { useLive } from "@/api/useLive";
import { toast } from "@/components/Toast";
import { useDraft } from "@/components/useDraft";

/** What was written of a type so far, each with a key of its own. */
export function useAll<T extends RecordType>(type: T): (RecordData[T] & { key: string })[] {
  const { records } = useLive();
  return useMemo(
    () =>
      records
        .filter((one) => one.type === type)
        // What has this type has its data; the compiler does not follow a type that is a variable.
        .map((one) => ({ key: one.id, ...(one.data as RecordData[T]) })),
    [records, type],
  );
}

/** A draft of a form that is sent to `path`, and blank again once it was taken. */
export function useSheet<P extends PostPath, D extends object>(
  name: string,
  path: P,
  blank: D,
  bodyOf: (draft: D) => BodyOf<P>,
) {
  const [draft, setDraft, taken] = useDraft(name, blank);
  const put = (change: Partial<D>) => setDraft((before) => ({ ...before, ...change }));
  const send = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await api.post(path, bodyOf(draft));
    taken(draft);
    void toast("Saved");
  });
  return { draft, put, send };
}
