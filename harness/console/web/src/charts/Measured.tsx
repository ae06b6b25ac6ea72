import { useMemo } from "react";
import { ErrorNote } from "@/components/ErrorNote";
import { inUnit } from "@/lib/format";
import type { Mark, Windows } from "@/lib/moments";
import { mean } from "@/lib/moments";
import { legend } from "@/lib/promql";
import { Chart } from "./Chart";
import type { Measure, Span } from "./measures";
import { TIMES, useRange } from "./measures";
import type { ChartSeries } from "./props";

/** A measure over the drill, with its mean before, during and after; `only` some of its series. */
export function Measured({
  one,
  span,
  marks,
  times,
  only = null,
  height = 170,
}: {
  one: Measure;
  span: Span;
  marks: readonly Mark[];
  times: Windows;
  only?: readonly string[] | null;
  height?: number;
}) {
  const { data, error } = useRange(one.expr, span);
  const series = useMemo(
    () =>
      (data?.series ?? [])
        .map((each) => ({ ...each, label: legend(one.legend, each.labels) }))
        .filter((each) => !only || only.includes(each.label)),
    [data, only, one.legend],
  );
  return (
    <section className="card">
      <h2>{one.title}</h2>
      {error && !data && <ErrorNote error={error} />}
      {data &&
        (series.length ? (
          <>
            <Chart
              title={one.title}
              times={data.times}
              series={series}
              marks={marks}
              unit={one.unit}
              height={height}
              sync="before-after"
            />
            <Means times={data.times} series={series} windows={times} unit={one.unit} />
          </>
        ) : (
          <p className="muted">no data in this time range</p>
        ))}
    </section>
  );
}

function Means({
  times,
  series,
  windows: spans,
  unit,
}: {
  times: readonly number[];
  series: readonly ChartSeries[];
  windows: Windows;
  unit: string;
}) {
  return (
    <div className="scroll" tabIndex={0}>
      <table className="v-small">
        <thead>
          <tr>
            <th>series</th>
            {TIMES.map(([key, words]) => (
              <th key={key} className="num">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.map((one) => (
            <tr key={one.label}>
              <th scope="row">{one.label}</th>
              {TIMES.map(([key]) => (
                <td key={key} className="num">
                  {inUnit(mean(times, one.values, spans[key]), unit)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
