// What the queries of a panel answer.

import type { RefObject } from "react";
import { useEffect, useState } from "react";
import { api } from "@/api/client";
import type { DrawnPanel, Target } from "@/api/dashboards";
import type { Problem } from "@/api/problems";
import { problemOf } from "@/api/problems";
import type { Exemplar, Metrics, Series } from "@/api/telemetry";
import { expand, legend } from "@/lib/promql";

export interface PanelTime {
  begin: number;
  end: number;
  service: string;
}

export interface PanelAnswer extends Omit<Metrics, "series"> {
  refId: string;
  query: string;
  exemplars: Exemplar[];
  series: (Series & { label: string })[];
}

interface PanelState {
  key: string | null;
  answers: PanelAnswer[] | null;
  /** The end of the time that the answers are of, in seconds. */
  answeredS: number;
  error: Problem | null;
}

const POINTS = 240;
const NOTHING_YET: PanelState = { key: null, answers: null, answeredS: 0, error: null };

/** Whether something is, or was, on the screen or close to it. */
export function useSeen(box: RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const watcher = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? false), {
      rootMargin: "200px",
    });
    if (box.current) watcher.observe(box.current);
    return () => watcher.disconnect();
  }, [box]);
  return isSeen;
}

/** What the panel's queries answer over the time shown; asked only while it is on the screen. */
export function usePanel(
  panel: DrawnPanel,
  { begin, end, service }: PanelTime,
  isSeen: boolean,
): PanelState {
  const [answer, setAnswer] = useState<PanelState>(NOTHING_YET);
  const key = `${panel.id} ${begin} ${end} ${service}`;
  useEffect(() => {
    if (!isSeen || answer.key === key) return undefined;
    let isOver = false;
    const ask = async () => {
      try {
        const answers = await Promise.all(
          panel.targets.map((target) => asked(panel, target, { begin, end, service })),
        );
        if (!isOver) setAnswer({ key, answers, answeredS: end, error: null });
      } catch (thrown) {
        if (!isOver) setAnswer((before) => ({ ...before, key, error: problemOf(thrown) }));
      }
    };
    void ask();
    return () => {
      isOver = true;
    };
  }, [answer.key, begin, end, isSeen, key, panel, service]);
  return answer;
}

async function asked(
  panel: DrawnPanel,
  target: Target,
  { begin, end, service }: PanelTime,
): Promise<PanelAnswer> {
  const rangeS = end - begin;
  const stepS = Math.max(1, Math.ceil(rangeS / POINTS));
  const query = expand(target.expr, { variables: { service }, stepS, rangeS });
  const isTable = panel.type === "table";
  // A table shows the end of the range: two columns are enough.
  const params = isTable
    ? { query, begin: end - 2, end, points: 2 }
    : { query, begin, end, points: POINTS };
  const found = await api.get("/v1/metrics", params);
  const exemplars = target.exemplar
    ? await api.get("/v1/metrics/exemplars", { query, begin, end })
    : [];
  const series = found.series.map((one) => ({
    ...one,
    label: legend(target.legendFormat, one.labels),
  }));
  return {
    refId: target.refId,
    query,
    ...found,
    exemplars,
    series: isTable ? series.filter((one) => one.values.at(-1) !== null) : series,
  };
}
