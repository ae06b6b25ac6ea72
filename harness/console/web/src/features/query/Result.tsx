import { useMemo } from "react";
import type { Metrics } from "@/api/telemetry";
import { Chart } from "@/charts/Chart";
import type { Zoom } from "@/charts/props";
import { Empty } from "@/components/Empty";
import { Loading } from "@/components/Loading";
import { plain } from "@/lib/format";
import type { Mark } from "@/lib/moments";
import { legend } from "@/lib/promql";

export type Shape = "graph" | "table";

const HEIGHT_PX = 320;

export function Result({
  data,
  shape,
  expr,
  marks,
  onZoom,
}: {
  data: Metrics | null;
  shape: Shape;
  expr: string;
  marks: readonly Mark[];
  onZoom: Zoom;
}) {
  const series = useMemo(
    () => (data?.series ?? []).map((one) => ({ ...one, label: legend(undefined, one.labels) })),
    [data],
  );
  if (!data) return <Loading what="Asking Prometheus" />;
  if (!series.length)
    return <Empty>No series match. A metric that nobody has measured yet has none.</Empty>;
  return (
    <section className="card" aria-label="Result">
      {shape === "graph" ? (
        <Chart
          title={expr}
          times={data.times}
          series={series}
          marks={marks}
          onZoom={onZoom}
          height={HEIGHT_PX}
        />
      ) : (
        <Rows data={data} />
      )}
      {data.cut > 0 && (
        <p className="muted">
          {data.cut} more series not shown. Aggregate the query, for instance with sum by (service).
        </p>
      )}
    </section>
  );
}

/** A row for each series, a column for each label. */
function Rows({ data }: { data: Metrics }) {
  const labels = [...new Set(data.series.flatMap((one) => Object.keys(one.labels)))];
  return (
    <div className="scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {labels.map((label) => (
              <th key={label} scope="col">
                {label === "__name__" ? "metric" : label}
              </th>
            ))}
            <th scope="col" className="num">
              value
            </th>
          </tr>
        </thead>
        <tbody>
          {data.series.map((one) => (
            <tr key={JSON.stringify(one.labels)}>
              {labels.map((label) => (
                <td key={label}>{one.labels[label] ?? ""}</td>
              ))}
              <td className="num">{plain(one.values.at(-1))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
