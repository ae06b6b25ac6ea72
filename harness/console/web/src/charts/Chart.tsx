// One chart over time: uPlot with marks, a cursor that all charts share, and drag to zoom.

import { useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef } from "react";
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
  const { series, unit, isStacked, isStepped, min, max, height, title } = props;
  const theme = useTheme();
  const labels = series.map((one) => one.label);
  const shape = JSON.stringify([labels, unit, isStacked, isStepped, min, max, height, theme]);
  return (
    <div
      className="v-chart"
      role="figure"
      aria-label={`${title ?? "chart"}: ${spoken(series, unit)}`}
    >
      <Plot key={shape} {...props} />
    </div>
  );
}

/** A plot of one shape: other figures are put into it, another shape is another plot. */
function Plot(props: ChartProps) {
  const { times, series, marks, exemplars, isStacked = false, height = 180 } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(props);
  const data = useMemo(() => columnsOf(times, series, isStacked), [times, series, isStacked]);
  useLayoutEffect(() => {
    latest.current = props;
  });
  const made = useEffectEvent(
    (holder: HTMLElement) => new uPlot({ ...optionsOf(props, latest), height }, data, holder),
  );
  useEffect(() => {
    // Not `box.current` later on: React forgets it a moment before it cleans up.
    const holder = box.current;
    if (!holder) return undefined;
    const drawn = made(holder);
    plot.current = drawn;
    const fit = () => drawn.setSize({ width: Math.max(120, holder.clientWidth), height });
    const watcher = new ResizeObserver(fit);
    watcher.observe(holder);
    fit();
    return () => {
      watcher.disconnect();
      drawn.destroy();
    };
  }, [height]);
  useEffect(() => {
    latest.current = { ...latest.current, marks: marks ?? [], exemplars: exemplars ?? [] };
    plot.current?.setData(data);
  }, [data, marks, exemplars]);
  return <div ref={box} />;
}

/** The newest figure of each series, for those who do not see the lines. */
function spoken(series: readonly ChartSeries[], unit: string | undefined): string {
  const said = series.slice(0, 8).map((one) => `${one.label} ${inUnit(newest(one), unit)}`);
  return said.join(", ") || "no data";
}
