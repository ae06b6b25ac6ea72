// Figures, lines and tables from the same JSON that Grafana reads.

import { useMemo } from "react";
import type { DrawnPanel } from "@/api/dashboards";
import type { Value } from "@/api/telemetry";
import { Chart } from "@/charts/Chart";
import type { Zoom } from "@/charts/options";
import type { Figure as FigureValue, FigureTone } from "@/lib/format";
import { inUnit, mapped, tone } from "@/lib/format";
import type { Mark } from "@/lib/moments";
import type { Cell, TableColumn, TableRow } from "@/lib/tables";
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
  const { defaults, overrides } = panel.fieldConfig;
  const custom = defaults.custom ?? {};
  const times = answers[0]?.times ?? [];
  const series = answers.flatMap((one) => one.series);
  const exemplars = useMemo(() => answers.flatMap((one) => one.exemplars), [answers]);
  const cut = answers.reduce((sum, one) => sum + one.cut, 0);
  if (!series.length) return <p className="muted v-middle">no data in this time range</p>;
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
        overrides={overrides}
      />
      {cut > 0 && <p className="muted">{cut} more series not shown</p>}
    </>
  );
}

export function Figure({ panel, answers }: BodyProps) {
  const { unit, decimals, thresholds, mappings } = panel.fieldConfig.defaults;
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
  const named = value === null ? null : mapped(value, mappings);
  const color = named?.tone ?? tone(value, thresholds?.steps);
  const sign =
    SIGNS[color] && ((thresholds?.steps.length ?? 0) > 1 || named) ? (
      <span aria-hidden="true" className="v-sign">
        {SIGNS[color]}
      </span>
    ) : null;
  return (
    <>
      <p className={`v-figure v-${color}`}>
        {sign}
        {named?.text ?? inUnit(value, unit, decimals)}
      </p>
      {panel.options?.graphMode === "area" && one && <Spark values={one.values} color={color} />}
    </>
  );
}

/** The figure's way here, without axes. */
export function Spark({ values, color = "accent" }: { values: readonly Value[]; color?: string }) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const points = values
    .map((value, index) =>
      value === null
        ? null
        : `${((100 * index) / (values.length - 1)).toFixed(2)},${(24 - (22 * (value - low)) / (high - low || 1)).toFixed(2)}`,
    )
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
  if (!rows.length) return <p className="muted v-middle">nothing at the moment</p>;
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
                const text = column.isNumber ? inUnit(figureOf(value), column.unit) : (value ?? "");
                const color = column.steps ? `v-${tone(figureOf(value), column.steps)}` : "";
                return (
                  <td key={column.key} className={`${column.isNumber ? "num" : ""} ${color}`}>
                    {column.opensService && value ? (
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
