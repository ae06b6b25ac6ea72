import { useMemo } from "react";
import type { RecordData, RecordOf, RecordType } from "./records";
import { useLive } from "./useLive";

export interface Newest<T extends RecordType> {
  seq: number;
  by: string;
  at: string;
  data: RecordData[T];
}

/** Types of records that say who wrote them. */
type Written = {
  [T in RecordType]: RecordData[T] extends { by: string } ? T : never;
}[RecordType];

/** The newest record of a type as `{seq, by, at, data}`; null before the first. */
export function useNewest<T extends Written>(type: T): Newest<T> | null {
  const { records } = useLive();
  return useMemo(() => {
    const found = records.findLast((one) => one.type === type) as RecordOf<T> | undefined;
    if (!found) return null;
    const { by } = found.data as { by: string };
    return { seq: Number(found.id), by, at: found.time, data: found.data };
  }, [records, type]);
}
