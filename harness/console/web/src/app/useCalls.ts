// What calls this person, until it was seen: kept per drill, so that a reload asks nothing twice.

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { LiveState } from "@/api/live";
import { moment } from "@/api/moment";
import type { Call } from "@/lib/calls";
import { callsOf, countsOf, seenAtFirst } from "@/lib/calls";
import { notify, ring } from "./alarm";

const NONE: readonly Call[] = [];

export interface Calls {
  calls: readonly Call[];
  counts: ReadonlyMap<string, number>;
  total: number;
  /** All that calls now was seen. */
  see: () => void;
}

function kept(drill: string): number | null {
  const found = localStorage.getItem(`seen-${drill}`);
  return found === null ? null : Number(found);
}

export function useCalls({ status, records, everything }: LiveState): Calls {
  const drill = status?.drill_id ?? "";
  const [seen, setSeen] = useState<{ drill: string; seq: number } | null>(null);
  const isReady = drill !== "" && everything.length > 0;
  if (isReady && seen?.drill !== drill) {
    setSeen({ drill, seq: kept(drill) ?? seenAtFirst(everything, status?.pages ?? []) });
  }
  const seq = seen?.drill === drill ? seen.seq : null;
  useEffect(() => {
    if (seq !== null) localStorage.setItem(`seen-${drill}`, String(seq));
  }, [drill, seq]);
  const pages = status?.pages;
  const calls = useMemo(
    () => (seq === null || moment.stands ? NONE : callsOf(records, pages ?? [], seq)),
    [records, pages, seq],
  );
  useAlarm(calls, seq !== null);
  const open = moment.stands ? 0 : (pages ?? []).filter((one) => !one.acknowledged_by).length;
  const counts = useMemo(() => countsOf(calls, open), [calls, open]);
  const last = calls.at(-1)?.seq;
  const see = useCallback(() => {
    if (last !== undefined) setSeen({ drill, seq: last });
  }, [drill, last]);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { calls, counts, total, see };
}

/** Rings and notifies once for whatever is new, as far as this person wants it. */
function useAlarm(calls: readonly Call[], isReady: boolean) {
  const rung = useRef<number | null>(null);
  useEffect(() => {
    if (!isReady) return;
    const last = calls.at(-1)?.seq ?? 0;
    // What was there when the tab was opened is in the banner: it rings for nobody.
    const heard = rung.current ?? last;
    rung.current = Math.max(heard, last);
    const news = calls.filter((one) => one.seq > heard);
    if (news.length) ring();
    for (const { record } of news) notify(record.label, record.text, record.id);
  }, [calls, isReady]);
}
