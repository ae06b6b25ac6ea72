// What the callers measure of their calls, by `caller callee`.

import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useDrill } from "@/api/useLive";
import type { Labels, Metrics } from "@/api/telemetry";

export interface MeasuredEdge {
  service: string;
  peer: string;
  rate?: number;
  errors?: number;
  seconds?: number;
}

const EVERY_MS = 4000;
const NONE: ReadonlyMap<string, MeasuredEdge> = new Map();

const QUERIES = {
  rate: "sum by (service, peer) (rate(outbound_requests_total[15s]))",
  errors: 'sum by (service, peer) (rate(outbound_requests_total{outcome!="ok"}[15s]))',
  seconds:
    "sum by (service, peer) (rate(outbound_request_duration_seconds_sum[15s])) / sum by (service, peer) (rate(outbound_request_duration_seconds_count[15s]))",
};

/** Nothing is asked before the shop is up: there would be nobody to answer. */
export function useEdges(): ReadonlyMap<string, MeasuredEdge> {
  const { status } = useDrill();
  const { data } = useQuery({
    enabled: status.phase !== "starting",
    queryKey: ["measured calls"],
    queryFn: ({ signal }) => measured(signal),
    refetchInterval: EVERY_MS,
  });
  return data ?? NONE;
}

async function measured(signal: AbortSignal): Promise<ReadonlyMap<string, MeasuredEdge>> {
  const found = new Map<string, MeasuredEdge>();
  await Promise.all(
    Object.entries(QUERIES).map(async ([what, query]) => {
      try {
        const series = await api.get("/v1/metrics", { query }, signal);
        for (const { labels, value } of samples(series)) {
          const { service = "", peer = "" } = labels;
          const key = `${service} ${peer}`;
          found.set(key, { ...found.get(key), [what]: value, service, peer });
        }
      } catch {
        /* the map shows what there is; the status says that the drill is gone */
      }
    }),
  );
  return found;
}

const samples = (answer: Metrics): { labels: Labels; value: number }[] =>
  answer.series.map((row) => ({ labels: row.labels, value: Number(row.values.at(-1)) }));
