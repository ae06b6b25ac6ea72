import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import type { Problem } from "@/api/problems";
import { problemOf } from "@/api/problems";
import type { ParamsOf } from "@/api/routes";
import type { LogLine } from "@/api/telemetry";
import { appended, prepended } from "@/lib/lines";

export interface Lines {
  lines: LogLine[] | null;
  error: Problem | null;
  /** Asks for those before them; null where there are none, or no room. */
  older: (() => void) | null;
}

const EVERY_MS = 1500;
export const LINES_MAX = 10_000;
const ASK_MAX = 2000;

const searchOf = (key: string) => JSON.parse(key) as ParamsOf<"/v1/logs">;

async function asked(params: ParamsOf<"/v1/logs">): Promise<LogLine[]> {
  const { records } = await api.get("/v1/logs", {
    ...params,
    limit: ASK_MAX,
  });
  return records;
}

/** The lines that match, those that come while `isLive`; `older` asks for those before them. */
export function useLines(search: ParamsOf<"/v1/logs">, isLive: boolean): Lines {
  const [lines, setLines] = useState<LogLine[] | null>(null);
  const [error, setError] = useState<Problem | null>(null);
  const [isComplete, setComplete] = useState(false);
  const key = JSON.stringify(search);
  const [shown, setShown] = useState(key);
  if (shown !== key) {
    setShown(key);
    setLines(null);
    setComplete(false);
  }
  const newest = useRef({ key, seq: 0 });
  useLayoutEffect(() => {
    newest.current = { key, seq: 0 };
  }, [key]);
  useEffect(() => {
    const last = newest.current;
    // A pause keeps what is shown; another search is still answered once.
    if (!isLive && last.seq) return undefined;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const records = document.hidden ? [] : await asked({ ...searchOf(key), after: last.seq });
        if (isOver) return;
        setError(null);
        last.seq = records.at(-1)?.seq ?? last.seq;
        setLines((before) => appended(before ?? [], records, LINES_MAX));
      } catch (thrown) {
        if (!isOver) setError(problemOf(thrown));
      }
      if (!isOver && isLive) timer = setTimeout(ask, EVERY_MS);
    };
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [key, isLive]);
  const older = async () => {
    try {
      const records = await asked({ ...search, before: lines?.[0]?.seq });
      if (newest.current.key !== key) return;
      setLines((now) => prepended(now ?? [], records, LINES_MAX));
      setComplete(records.length < ASK_MAX);
    } catch (thrown) {
      setError(problemOf(thrown));
    }
  };
  const hasOlder = !isComplete && lines && lines.length >= ASK_MAX && lines.length < LINES_MAX;
  return { lines, error, older: hasOlder ? older : null };
}
