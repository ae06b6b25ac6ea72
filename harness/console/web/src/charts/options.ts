// How uPlot draws a chart.

import type { RefObject } from "react";
import uPlot from "uplot";
import { clock } from "@/lib/format";
import { textOf } from "@/lib/panels";
import { placeExemplars } from "./exemplars";
import { drawMarks } from "./marks";
import type { ChartProps, ChartSeries, PlotProps, Zoom } from "./props";
import { faded, ink, mixed } from "./theme";
import { drawThresholds } from "./thresholds";
import { tooltip } from "./tooltip";

const FONT = "11px system-ui, sans-serif";
const AXIS_MIN_PX = 34;
/** The tick, and the gap to its text. */
const BESIDE_PX = 12;
const FILLED_MAX = 3;
/** How much of its colour an area has: one of a stack covers those behind it. */
const FILL = { stacked: 0.45, alone: 0.1 };
const SHARED = new Set(["mousemove", "mouseenter", "mouseleave"]);

/** What uPlot draws: stacked series as sums, the uppermost first so that the others cover it. */
export function columnsOf(
  times: readonly number[],
  series: readonly ChartSeries[],
  isStacked: boolean,
): uPlot.AlignedData {
  // uPlot writes into none of them.
  if (!isStacked) return [times, ...series.map((one) => one.values)] as uPlot.AlignedData;
  const sums: number[][] = [];
  let below = times.map(() => 0);
  for (const one of series) {
    below = below.map((sum, index) => sum + (one.values[index] ?? 0));
    sums.unshift(below);
  }
  return [times, ...sums] as uPlot.AlignedData;
}

/** How uPlot draws; `latest` is what the chart was given last, since a plot outlives its figures. */
export function optionsOf(props: PlotProps, latest: RefObject<PlotProps>): uPlot.Options {
  const { series, isStacked, isStepped, min, max, fill, sync } = props;
  const [muted, line, panel] = [ink("--muted"), ink("--line"), ink("--panel")];
  const shown = isStacked ? series.toReversed() : series;
  // Many areas one over the other add up to a grey one.
  const isFilled = fill && (isStacked || series.length <= FILLED_MAX);
  const axis: uPlot.Axis = {
    stroke: muted,
    font: FONT,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
  };
  return {
    width: 300,
    height: 160,
    // To the right there is room for half of the last time.
    padding: [8, 26, 0, 0],
    cursor: {
      ...(sync && { sync: { key: sync, filters: { pub: (type: string) => SHARED.has(type) } } }),
      drag: { x: true, y: false, setScale: false },
      focus: { prox: 24 },
    },
    focus: { alpha: 0.35 },
    legend: { show: false },
    plugins: [tooltip(latest)],
    scales: { x: { time: true }, y: { range: (_, low, high) => rangeOf(low, high, min, max) } },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 4,
        values: (_, ticks) =>
          ticks.map((at) => clock(at * 1000).slice(0, areWithinMinutes(ticks) ? 8 : 5)),
        space: 70,
      },
      {
        ...axis,
        size: (plot, texts) => widthOf(plot, texts),
        values: (_, ticks) => ticksOf(ticks, props),
      },
    ],
    series: [
      {},
      ...shown.map((one): uPlot.Series => ({
        stroke: one.ink,
        width: 1.5,
        ...(isFilled && {
          fill: isStacked ? mixed(one.ink, panel, FILL.stacked) : faded(one.ink, FILL.alone),
        }),
        ...(isStepped && { paths: uPlot.paths.stepped?.({ align: 1 }) }),
        points: { show: false },
      })),
    ],
    hooks: {
      draw: [
        (plot) => drawThresholds(plot, latest.current.thresholds ?? []),
        (plot) => drawMarks(plot, latest.current.marks ?? []),
        (plot) => placeExemplars(plot, latest.current.exemplars ?? [], props.unit),
      ],
      setSelect: [(plot) => zoomed(plot, latest.current.onZoom)],
    },
  };
}

/** The ticks as text: of states their words alone, of money no cents between whole euros. */
export function ticksOf(ticks: readonly number[], props: Omit<ChartProps, "series">): string[] {
  const { unit, mappings = [] } = props;
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  const decimals = unit === "currencyEUR" ? (step < 1 ? 2 : 0) : undefined;
  const isNamed = (value: number) => mappings.some((one) => String(value) in one.options);
  return ticks.map((value) =>
    mappings.length && !isNamed(value) ? "" : textOf({ unit, decimals, mappings }, value),
  );
}

/** What the longest text of an axis takes, in pixels. */
function widthOf({ ctx }: uPlot, texts: readonly string[] | null): number {
  ctx.save();
  ctx.font = FONT;
  const widest = Math.max(0, ...(texts ?? []).map((text) => ctx.measureText(text).width));
  ctx.restore();
  return Math.max(AXIS_MIN_PX, Math.ceil(widest) + BESIDE_PX);
}

/** Whether the seconds of a moment tell it from the next one. */
function areWithinMinutes([first, second]: readonly number[]): boolean {
  return first !== undefined && second !== undefined && second - first < 60;
}

function rangeOf(
  low: number | null | undefined,
  high: number | null | undefined,
  min: number | undefined,
  max: number | undefined,
): [number, number] {
  const bottom = min ?? Math.min(0, (low ?? 0) * 1.08);
  const top = max ?? Math.max(0, (high ?? 0) * 1.08);
  return [bottom, top > bottom ? top : bottom + 1];
}

function zoomed(plot: uPlot, onZoom: Zoom | undefined) {
  const { left, width } = plot.select;
  if (width < 6) return;
  const [begin, end] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  if (onZoom && end - begin >= 2) onZoom(Math.floor(begin), Math.ceil(end));
}
