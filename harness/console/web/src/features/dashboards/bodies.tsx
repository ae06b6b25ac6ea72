// Figures, lines and tables from the same JSON that Grafana reads.

import { useMemo } from "react";
import type { DrawnPanel } from "@/api/dashboards";
import type { Value } from "@/api/telemetry";
import { Chart } from "@/charts/Chart";
import { namedColor } from "@/charts/colors";
import type { Zoom } from "@/charts/props";
import type { Figure as FigureValue, FigureTone } from "@/lib/format";
import type { Mark } from "@/lib/moments";
import type { Cell, TableColumn, TableRow } from "@/lib/tables";
import { plain } from "@/lib/format";
import { fieldOf, textOf, toneOf } from "@/lib/panels";
import { columns, merged } from "@/lib/tables";
import type { PanelAnswer, PanelTime } from "./usePanel";

export interface BodyProps {
  panel: DrawnPanel;
  answers: readonly PanelAnswer[];
  time: PanelTime;
  marks: readonly Mark[];
  onZoom: Zoom;
  onService: (name: string) => void;
  sync: string;
  height: number;
}

const SIGNS: Partial<Record<FigureTone, string>> = { good: "✓", warn: "▲", bad: "✕" };

export function Lines({ panel, answers, marks, onZoom, sync, height }: BodyProps) {
  const { defaults } = panel.fieldConfig;
  const custom = defaults.custom ?? {};
  const times = answers[0]?.times ?? [];
  const series = useMemo(
    () =>
      answers
        .flatMap((one) => one.series)
        .map((one) => ({ ...one, color: namedColor(fieldOf(panel.fieldConfig, one.label).color) })),
    [answers, panel],
  );
  const exemplars = useMemo(() => answers.flatMap((one) => one.exemplars), [answers]);
  const cut = answers.reduce((sum, one) => sum + one.cut, 0);
  if (!hasFigures(series)) return <NoData series={series} />;
  return (
    <>
      <Chart
        title={panel.title}
        times={times}
        series={series}
        marks={marks}
        exemplars={exemplars}
        onZoom={onZoom}
        sync={sync}
        height={Math.max(120, height - 58)}
        unit={defaults.unit}
        decimals={defaults.decimals}
        min={defaults.min}
        max={defaults.max}
        fill={(custom.fillOpacity ?? 0) > 0}
        isStacked={custom.stacking?.mode === "normal"}
        isStepped={custom.lineInterpolation === "stepAfter"}
        mappings={defaults.mappings ?? []}
        thresholds={custom.thresholdsStyle?.mode === "dashed" ? defaults.thresholds.steps : []}
      />
      {cut > 0 && <p className="muted">{cut} more series not shown</p>}
    </>
  );
}

export function Figure({ panel, answers }: BodyProps) {
  const series = answers.flatMap((one) => one.series);
  const living = series.filter(
    (one) => one.values.at(-1) !== null && one.values.at(-1) !== undefined,
  );
  const one = living[0] ?? series[0];
  const value = one?.values.findLast((each) => each !== null) ?? null;
  if (panel.options?.textMode === "name")
    return (
      <p className="v-figure v-accent">{living.map((each) => each.label).join(", ") || "–"}</p>
    );
  if (value === null || !one) return <NoData series={series} />;
  const field = fieldOf(panel.fieldConfig, one.label);
  const color = toneOf(field, value);
  const sign =
    SIGNS[color] && (field.steps.length > 1 || field.mappings.length) ? (
      <span aria-hidden="true" className="v-sign">
        {SIGNS[color]}
      </span>
    ) : null;
  return (
    <>
      <p className={`v-figure v-${color}`}>
        {sign}
        {textOf(field, value)}
      </p>
      {panel.options?.graphMode === "area" && <Spark values={one.values} color={color} />}
    </>
  );
}

const hasFigures = (series: readonly { values: readonly Value[] }[]) =>
  series.some((one) => one.values.some((value) => value !== null));

/** Nothing to draw: nothing that matches was there at all, or it was and had no value. */
function NoData({ series }: { series: readonly unknown[] }) {
  return (
    <p className="muted v-middle">
      {series.length > 0
        ? `No data: ${plain(series.length)} series without a value in this time range`
        : "Nothing measured: no series in this time range"}
    </p>
  );
}

/** The figure's way here, without axes. */
export function Spark({ values, color = "accent" }: { values: readonly Value[]; color?: string }) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const across = (index: number) => ((100 * index) / (values.length - 1)).toFixed(2);
  const up = (value: number) => (24 - (22 * (value - low)) / (high - low || 1)).toFixed(2);
  const points = values
    .map((value, index) => (value === null ? null : `${across(index)},${up(value)}`))
    .filter(Boolean);
  return (
    <svg
      className={`v-spark v-${color}`}
      viewBox="0 0 100 26"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polyline points={points.join(" ")} />
    </svg>
  );
}

/** A cell as a number, where it is one. */
function figureOf(cell: Cell): FigureValue {
  return typeof cell === "string" ? null : cell;
}

export function Rows({ panel, answers, onService }: BodyProps) {
  const rows = merged(answers);
  const shown = columns(panel, rows);
  if (!rows.length) return <p className="muted v-middle">Nothing to list at this moment</p>;
  const open = (column: TableColumn, row: TableRow) => onService(String(row[column.key]));
  return (
    <div className="scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {shown.map((column) => (
              <th key={column.key} scope="col" className={column.isNumber ? "num" : ""}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {shown.map((column) => {
                const value = row[column.key];
                const { field } = column;
                const text = column.isNumber ? textOf(field, figureOf(value)) : (value ?? "");
                const color = field.isColored ? `v-${toneOf(field, figureOf(value))}` : "";
                return (
                  <td key={column.key} className={`${column.isNumber ? "num" : ""} ${color}`}>
                    {field.opensService && value ? (
                      <button type="button" className="v-link" onClick={() => open(column, row)}>
                        {text}
                      </button>
                    ) : (
                      text
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
