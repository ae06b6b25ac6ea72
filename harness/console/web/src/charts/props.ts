// What a chart is given.

import type { Mapping, ThresholdStep } from "@/api/dashboards";
import type { Exemplar, Value } from "@/api/telemetry";
import type { Mark } from "@/lib/moments";
import { textOf } from "@/lib/panels";
import type { NamedColor } from "./colors";

export type Zoom = (begin: number, end: number) => void;

export interface ChartSeries {
  label: string;
  values: readonly Value[];
  /** Where it has one of its own; else it takes one by its name or place. */
  color?: NamedColor | undefined;
}

/** A series with the colour that it is drawn in, as CSS has it. */
export interface InkedSeries extends ChartSeries {
  ink: string;
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
  /** Words for values that are states. */
  mappings?: readonly Mapping[];
  /** Lines across the chart. */
  thresholds?: readonly ThresholdStep[];
}

export interface PlotProps extends Omit<ChartProps, "series"> {
  series: readonly InkedSeries[];
}

/** A figure of the chart as it is read. */
export function figureOf({ unit, decimals, mappings = [] }: Omit<ChartProps, "series">) {
  return (value: Value | undefined) => textOf({ unit, decimals, mappings }, value);
}

export function newest(series: ChartSeries | undefined): number | null {
  return series?.values.findLast((value) => value !== null) ?? null;
}
