// In which order a list of traces stands.

interface Row {
  start_ms: number;
  duration_ms: number;
  failed: number;
}

export const TRACE_ORDERS = [
  ["newest", "newest first"],
  ["failed", "failed first"],
  ["slowest", "slowest first"],
] as const;
export type TraceOrder = (typeof TRACE_ORDERS)[number][0];

/** The rows as they are read: among equals the newest is first. */
export function inOrder<R extends Row>(rows: readonly R[], order: string | undefined): R[] {
  const newest = rows.toSorted((a, b) => b.start_ms - a.start_ms);
  if (order === "failed")
    return newest.toSorted((a, b) => Number(b.failed > 0) - Number(a.failed > 0));
  if (order === "slowest") return newest.toSorted((a, b) => b.duration_ms - a.duration_ms);
  return newest;
}
