import type { RefObject } from "react";
import uPlot from "uplot";
import type { Override } from "@/api/dashboards";
import type { Exemplar, Value } from "@/api/telemetry";
import { clock, inUnit } from "@/lib/format";
import type { Mark } from "@/lib/moments";
import { fixedColor, seriesColor } from "./colors";
import { placeExemplars } from "./exemplars";
import { drawMarks } from "./marks";
import { faded, ink, mixed } from "./theme";

export type Zoom = (begin: number, end: number) => void;

export interface ChartSeries {
  label: string;
  values: readonly Value[];
}

export interface ChartProps {
  title?: string;
  /** Seconds. */
  times: readonly number[];
  series: readonly ChartSeries[];
  marks?: readonly Mark[];
  exemplars?: readonly Exemplar[];
  /** Called with the seconds that were dragged over. */
  onZoom?: Zoom;
  /** Charts of one name share their cursor. */
  sync?: string;
  unit?: string | undefined;
  decimals?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
  height?: number;
  fill?: boolean;
  isStacked?: boolean;
  isStepped?: boolean;
  /** Where the dashboard says which colour a series has. */
  overrides?: readonly Override[];
}

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
export function optionsOf(props: ChartProps, latest: RefObject<ChartProps>): uPlot.Options {
  const { series, unit, decimals, isStacked, isStepped, min, max, fill, sync } = props;
  const [muted, line, panel] = [ink("--muted"), ink("--line"), ink("--panel")];
  const shown = isStacked ? series.toReversed() : series;
  // Many areas one over the other add up to a grey one.
  const isFilled = fill && (isStacked || series.length <= FILLED_MAX);
  const axis: uPlot.Axis = {
    stroke: muted,
    font: "11px system-ui, sans-serif",
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
  };
  return {
    width: 300,
    height: 160,
    padding: [8, 8, 0, 0],
    cursor: {
      ...(sync && { sync: { key: sync, filters: { pub: (type: string) => SHARED.has(type) } } }),
      drag: { x: true, y: false, setScale: false },
      focus: { prox: 24 },
    },
    focus: { alpha: 0.35 },
    legend: { live: true },
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
        size: 62,
        values: (_, ticks) => ticks.map((value) => inUnit(value, unit)),
      },
    ],
    series: [
      { label: "time", value: (_, at) => (at ? clock(at * 1000) : "") },
      ...shown.map((one): uPlot.Series => {
        const color = ink(
          fixedColor(one.label, props.overrides ?? []) ??
            seriesColor(one.label, series.indexOf(one)),
        );
        return {
          label: one.label || "value",
          stroke: color,
          width: 1.5,
          ...(isFilled && {
            fill: isStacked ? mixed(color, panel, FILL.stacked) : faded(color, FILL.alone),
          }),
          ...(isStepped && { paths: uPlot.paths.stepped?.({ align: 1 }) }),
          points: { show: false },
          // The latest figures, not those that the plot was made with: stacked ones are sums.
          value: (_, _drawn, seriesIndex, index) => {
            const column =
              latest.current.series[isStacked ? series.length - seriesIndex : seriesIndex - 1];
            // Without a cursor, the newest figure.
            return inUnit(index === null ? newest(column) : column?.values[index], unit, decimals);
          },
        };
      }),
    ],
    hooks: {
      draw: [
        (plot) => drawMarks(plot, latest.current.marks ?? []),
        (plot) => placeExemplars(plot, latest.current.exemplars ?? [], unit),
      ],
      setSelect: [(plot) => zoomed(plot, latest.current.onZoom)],
    },
  };
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
  const bottom = min ?? Math.min(0, low ?? 0);
  const top = max ?? (high ?? 0) * 1.08;
  return [bottom, top > bottom ? top : bottom + 1];
}

function zoomed(plot: uPlot, onZoom: Zoom | undefined) {
  const { left, width } = plot.select;
  if (width < 6) return;
  const [begin, end] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  if (onZoom && end - begin >= 2) onZoom(Math.floor(begin), Math.ceil(end));
}

export function newest(series: ChartSeries | undefined): number | null {
  return series?.values.findLast((value) => value !== null) ?? null;
}
