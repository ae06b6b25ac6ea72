// One thing that a page loads: { state: "loading" | "ready" | "failed", data, problem, retry }.

import { useCallback, useEffect, useState } from "./html.js";

// `load(signal)` must be stable (useCallback); a new one loads anew and drops the former answer.
export function useResource(load) {
  const [attempt, setAttempt] = useState(0);
  const [result, setResult] = useState({ state: "loading" });
  useEffect(() => {
    const leaving = new AbortController();
    setResult({ state: "loading" });
    load(leaving.signal).then(
      (data) => leaving.signal.aborted || setResult({ state: "ready", data }),
      (problem) => leaving.signal.aborted || setResult({ state: "failed", problem }),
    );
    return () => leaving.abort();
  }, [load, attempt]);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { ...result, retry };
}
