// Something that a person does and that may be refused.

import { useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Problem } from "./problems";
import { problemOf } from "./problems";

export interface Act<A extends unknown[], R> {
  busy: boolean;
  error: Problem | null;
  run: (...given: A) => Promise<R | undefined>;
}

/** An act: `run()` does it, and tells whether it is busy and why it was refused. */
export function useAct<A extends unknown[], R>(work: (...given: A) => Promise<R>): Act<A, R> {
  const [state, setState] = useState<Omit<Act<A, R>, "run">>({ busy: false, error: null });
  const latest = useRef(work);
  useLayoutEffect(() => {
    latest.current = work;
  });
  const run = useCallback(async (...given: A) => {
    setState({ busy: true, error: null });
    try {
      const result = await latest.current(...given);
      setState({ busy: false, error: null });
      return result;
    } catch (thrown) {
      setState({ busy: false, error: problemOf(thrown) });
      return undefined;
    }
  }, []);
  return { ...state, run };
}
