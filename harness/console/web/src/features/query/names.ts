// What completion knows: names of metrics and labels, asked of Prometheus as everything else is.

import type { PrometheusClient } from "@prometheus-io/codemirror-promql";
import type { Labels } from "@/api/telemetry";

/** What a query answers, as the labels of its series. */
type Ask = (query: string) => Promise<readonly Labels[]>;

const KEPT_MS = 60_000;
/** All that has a name; what Prometheus is told must exclude something. */
const ANYTHING = '{__name__=~".+"}';

/** The same question within a minute is asked once; one that failed has no names, and is asked again. */
function remembered(ask: Ask, now: () => number): Ask {
  const known = new Map<string, { at: number; labels: Promise<readonly Labels[]> }>();
  return (query) => {
    const before = known.get(query);
    if (before && now() - before.at < KEPT_MS) return before.labels;
    const labels = ask(query).catch(() => {
      known.delete(query);
      return [];
    });
    known.set(query, { at: now(), labels });
    return labels;
  };
}

const distinct = (names: readonly (string | undefined)[]) =>
  [...new Set(names.filter((name): name is string => Boolean(name)))].toSorted();

/** What the editor's completion asks of Prometheus, answered by queries that a participant may make. */
export function namesOf(ask: Ask, now: () => number = Date.now): PrometheusClient {
  const labels = remembered(ask, now);
  return {
    metricNames: async () =>
      distinct((await labels(`count by (__name__) (${ANYTHING})`)).map((one) => one["__name__"])),
    labelNames: async (metric) =>
      distinct((await labels(metric || ANYTHING)).flatMap((one) => Object.keys(one))).filter(
        (name) => name !== "__name__",
      ),
    labelValues: async (label, metric) =>
      distinct(
        (await labels(`count by (${label}) (${metric || ANYTHING})`)).map((one) => one[label]),
      ),
    series: async (metric) => (await labels(metric)).map((one) => new Map(Object.entries(one))),
    // The API tells neither of them.
    metricMetadata: () => Promise.resolve({}),
    flags: () => Promise.resolve({}),
  };
}
