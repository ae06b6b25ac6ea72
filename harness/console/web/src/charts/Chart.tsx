// One chart over time: uPlot with marks, a cursor that all charts share, and drag to zoom.

import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import { inUnit } from "@/lib/format";
import type { ChartProps, ChartSeries } from "./options";
import { columnsOf, newest, optionsOf } from "./options";
import { useTheme } from "./theme";

/**
 * `times` in seconds, `series` as `{label, values}`, `marks` as `{atS, kind, label}`, `exemplars` as
 * the API has them; `onZoom` is called with the seconds that were dragged over.
 */
export function Chart(props: ChartProps) {
  const {
    times,
    series,
    unit,
    isStacked = false,
    isStepped = false,
    min,
    max,
    height = 180,
    title,
  } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = useTheme();
  const shape = series.map((one) => one.label).join("\u0000");
  const data = useMemo(() => columnsOf(times, series, isStacked), [times, series, isStacked]);
  useEffect(() => {
    // Not `box.current` later on: React forgets it a moment before it cleans up.
    const holder = box.current;
    if (!holder) return undefined;
    const made = new uPlot({ ...optionsOf(props, latest), height }, data, holder);
    plot.current = made;
    const fit = () => made.setSize({ width: Math.max(120, holder.clientWidth), height });
    const watcher = new ResizeObserver(fit);
    watcher.observe(holder);
    fit();
    return () => {
      watcher.disconnect();
      made.destroy();
    };
  }, [shape, unit, isStacked, isStepped, min, max, height, theme]);
  useEffect(() => {
    plot.current?.setData(data);
  }, [data, props.marks, props.exemplars]);
  return (
    <div
      className="v-chart"
      ref={box}
      role="figure"
      aria-label={`${title ?? "chart"}: ${spoken(series, unit)}`}
    />
  );
}

/** The newest figure of each series, for those who do not see the lines. */
function spoken(series: readonly ChartSeries[], unit: string | undefined): string {
  const said = series.slice(0, 8).map((one) => `${one.label} ${inUnit(newest(one), unit)}`);
  return said.join(", ") || "no data";
}
