import type { Service } from "@/api/types";
import { Badge } from "@/components/Badge";
import { milliseconds, percent, rate } from "@/lib/format";

export function Services({ services }: { services: readonly Service[] }) {
  return (
    <div className="scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th>service</th>
            <th>version</th>
            <th className="num">requests</th>
            <th className="num">errors</th>
            <th className="num">p95</th>
            <th>state</th>
          </tr>
        </thead>
        <tbody>
          {services.map((one) => (
            <tr key={one.name}>
              <td>
                <strong>{one.name}</strong>
              </td>
              <td className="mono">{one.version || "–"}</td>
              <td className="num">{rate(one.requests_per_s)}</td>
              <td className="num">{percent(one.error_ratio)}</td>
              <td className="num">{milliseconds(one.p95_ms)}</td>
              <td>
                {one.up === null ? (
                  <Badge>no data</Badge>
                ) : one.up ? (
                  <Badge kind={(one.error_ratio ?? 0) > 0.05 ? "bad" : "good"}>
                    {(one.error_ratio ?? 0) > 0.05 ? "failing" : "up"}
                  </Badge>
                ) : (
                  <Badge kind="bad">down</Badge>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
