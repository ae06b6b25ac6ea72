import { Fragment } from "react";
import { place } from "@/api/place";
import type { Tone } from "@/api/types";
import { usePoll } from "@/api/usePoll";
import { Badge } from "@/components/Badge";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { clock } from "@/lib/format";
import { words } from "@/lib/words";

const TONES: Record<string, Tone> = {
  operational: "good",
  degraded_performance: "warn",
  partial_outage: "bad",
  major_outage: "bad",
  under_maintenance: "info",
};

export function StatusPage() {
  const { data, error } = usePoll("/api/v2/summary.json", 15000);
  return (
    <Card
      title="Status page"
      className="span12"
      id="status-page"
      actions={
        <a href={`${place}/status`} target="_blank" rel="noreferrer">
          Open the status page
        </a>
      }
    >
      <ErrorNote error={error} />
      {data && (
        <>
          <p
            className={`note ${data.status.indicator === "none" ? "good" : data.status.indicator === "minor" ? "warn" : "bad"}`}
          >
            <strong>{data.status.description}</strong>
          </p>
          <table>
            <tbody>
              {data.components.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.name}</th>
                  <td className="num">
                    <Badge kind={TONES[one.status] ?? "quiet"}>{words(one.status)}</Badge>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {data.incidents.map((one) => (
            <Fragment key={one.id}>
              <h3>{one.name}</h3>
              {one.incident_updates.map((said) => (
                <p key={said.id}>
                  <strong>{said.status}</strong>{" "}
                  <time className="muted">{clock(said.created_at)}</time> {said.body}
                </p>
              ))}
            </Fragment>
          ))}
        </>
      )}
    </Card>
  );
}
