// A question to the API that is asked again.

import { useCallback, useEffect, useState } from "react";
import { api } from "./client";
import type { Problem } from "./problems";
import { isAbort, problemOf } from "./problems";
import type { AnswerOf, GetPath, ParamsOf } from "./routes";

interface Answered<T> {
  data: T | null;
  error: Problem | null;
  loading: boolean;
}

export interface Poll<T> extends Answered<T> {
  again: () => void;
  put: (data: T) => void;
}

/**
 * Asks for `path` now, every `everyMs` (0: once), and whenever `params` change. `again()` asks at
 * once, `put(data)` takes an answer that came by another way, such as that to a change.
 */
export function usePoll<P extends GetPath>(
  path: P | null,
  everyMs = 0,
  params: ParamsOf<P> | null = null,
): Poll<AnswerOf<"get", P>> {
  type T = AnswerOf<"get", P>;
  const [state, setState] = useState<Answered<T>>({ data: null, error: null, loading: true });
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(params);
  useEffect(() => {
    if (!path) return undefined;
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const data = await api.get(path, params, control.signal);
        setState({ data, error: null, loading: false });
      } catch (thrown) {
        if (isAbort(thrown)) return;
        setState((before) => ({ ...before, error: problemOf(thrown), loading: false }));
      }
      if (everyMs && !control.signal.aborted) timer = setTimeout(ask, everyMs);
    };
    void ask();
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs, key, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  const put = useCallback((data: T) => setState({ data, error: null, loading: false }), []);
  return { ...state, again, put };
}
