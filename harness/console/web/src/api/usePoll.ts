// A question to the API that is asked again.

import { skipToken, useQuery } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { api } from "./client";
import type { Problem } from "./problems";
import { queries } from "./queries";
import type { AnswerOf, GetPath, ParamsOf } from "./routes";

export interface Poll<T> {
  data: T | null;
  error: Problem | null;
  loading: boolean;
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
  const queryKey = [path, params];
  const { data, error, status } = useQuery<T, Problem>({
    queryKey,
    queryFn: path ? ({ signal }) => api.get(path, params, signal) : skipToken,
    refetchInterval: everyMs || false,
  });
  // What failed stays told while it is asked again, until an answer comes.
  const problem = useRef<Problem | null>(null);
  if (status !== "pending") problem.current = error;
  const key = JSON.stringify(queryKey);
  const again = useCallback(() => {
    void queries.invalidateQueries({ queryKey, exact: true });
  }, [key]);
  const put = useCallback((now: T) => void queries.setQueryData(queryKey, now), [key]);
  return {
    data: data ?? null,
    error: problem.current,
    loading: status === "pending" && !problem.current,
    again,
    put,
  };
}
