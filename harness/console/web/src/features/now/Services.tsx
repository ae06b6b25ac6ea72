import type { Service, Tone } from "@/api/types";
import { Badge } from "@/components/Badge";
import { milliseconds, percent, rate } from "@/lib/format";
import { toneOfService } from "@/lib/tones";

/** A state in a word; what fails a little is up, and says so by its colour. */
function stateOf(up: boolean | null, tone: Tone): string {
  if (up === null) return "no data";
  if (!up) return "down";
  return tone === "bad" ? "failing" : "up";
}

function State({ service }: { service: Service }) {
  const tone = toneOfService(service.up, service.error_ratio);
  return <Badge kind={tone}>{stateOf(service.up, tone)}</Badge>;
}

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
                <div className="muted small">{one.summary}</div>
              </td>
              <td className="mono">{one.version || "–"}</td>
              <td className="num">{rate(one.requests_per_s)}</td>
              <td className="num">{percent(one.error_ratio)}</td>
              <td className="num">{milliseconds(one.p95_ms)}</td>
              <td>
                <State service={one} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
