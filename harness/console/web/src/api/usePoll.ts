// A question to the API that is asked again.

import type { QueryKey } from "@tanstack/react-query";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
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
  const [problem, setProblem] = useState<Problem | null>(null);
  if (status !== "pending" && problem !== error) setProblem(error);
  const key = JSON.stringify(queryKey);
  const again = useCallback(() => {
    void queries.invalidateQueries({ queryKey: JSON.parse(key) as QueryKey, exact: true });
  }, [key]);
  const put = useCallback(
    (now: T) => void queries.setQueryData(JSON.parse(key) as QueryKey, now),
    [key],
  );
  return {
    data: data ?? null,
    error: problem,
    loading: status === "pending" && !problem,
    again,
    put,
  };
}
