// One chart over time: uPlot with marks, a cursor that all charts share, and drag to zoom.

import type { KeyboardEvent } from "react";
import { useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { seriesColor } from "./colors";
import { steer } from "./keys";
import { Legend } from "./Legend";
import type { ChartProps, InkedSeries, PlotProps } from "./props";
import { figureOf, newest } from "./props";
import { columnsOf, optionsOf } from "./options";
import { inkOf, useTheme } from "./theme";

/**
 * `times` in seconds, `series` as `{label, values}`, `marks` as `{atS, kind, label}`, `exemplars` as
 * the API has them; `onZoom` is called with the seconds that were dragged over.
 */
export function Chart(props: ChartProps) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  // What is drawn on a canvas is drawn anew where light turns to dark.
  return <Drawn key={useTheme()} {...props} hidden={hidden} onHide={setHidden} />;
}

interface DrawnProps extends ChartProps {
  hidden: ReadonlySet<string>;
  onHide: (hidden: ReadonlySet<string>) => void;
}

function Drawn({ series: given, hidden, onHide, ...props }: DrawnProps) {
  const { unit, isStacked, isStepped, min, max, height, title, thresholds } = props;
  const series = useMemo(() => given.map(inked), [given]);
  const shown = useMemo(() => series.filter((one) => !hidden.has(one.label)), [series, hidden]);
  const looks = shown.map((one) => [one.label, one.ink]);
  const shape = JSON.stringify([looks, unit, isStacked, isStepped, min, max, height, thresholds]);
  const figure = figureOf(props);
  const spoken = series.slice(0, 8).map((one) => `${one.label} ${figure(newest(one))}`);
  return (
    <>
      <Plot
        key={shape}
        {...props}
        title={`${title ?? "chart"}: ${spoken.join(", ") || "no data"}`}
        series={shown}
      />
      <Legend series={series} hidden={hidden} onHide={onHide} figure={figure} />
    </>
  );
}

function inked(one: ChartProps["series"][number], index: number): InkedSeries {
  const color = one.color ?? { name: seriesColor(one.label, index), shade: undefined };
  return { ...one, ink: inkOf(color) };
}

/** A plot of one shape: other figures are put into it, another shape is another plot. */
function Plot(props: PlotProps) {
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
  const pressed = (event: KeyboardEvent) => {
    if (event.target !== box.current || event.ctrlKey || event.metaKey || event.altKey) return;
    if (plot.current && steer(plot.current, event.key, props.onZoom)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div
      ref={box}
      className="v-chart"
      role="figure"
      tabIndex={0}
      aria-label={props.title}
      aria-description="Arrow keys read values, plus and minus zoom"
      onKeyDown={pressed}
      onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
    />
  );
}
