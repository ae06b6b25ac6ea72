// What is the matter, whom it hurts, where, and what changed lately.

import { useMemo } from "react";
import { useDrill } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { Badge } from "@/components/Badge";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { changesOf } from "@/lib/changes";
import { clock } from "@/lib/format";
import { Impact } from "./Impact";
import { IncidentNow } from "./IncidentNow";
import { ServiceMap } from "./ServiceMap";
import { Services } from "./Services";

export default function Now() {
  const { status, records } = useDrill();
  const { data: deploys } = usePoll("/v1/deploys", 5000);
  const samples = useMemo(
    () =>
      records
        .filter((one) => one.type === "impact.sampled")
        .map((one) => ({ at: Date.parse(one.time), revenue: one.data.revenue_lost })),
    [records],
  );
  const changes = useMemo(
    () =>
      changesOf(records, deploys || [])
        .slice(-40)
        .toReversed(),
    [records, deploys],
  );
  return (
    <div className="grid">
      <IncidentNow />
      <Impact impact={status.impact} samples={samples} />
      <Card title="Service map" className="span12" id="map">
        <ServiceMap services={status.services} />
      </Card>
      <Card title="Services" className="span7" id="services">
        <Services services={status.services} />
      </Card>
      <Card title="Recent changes" className="span5 tall" id="changes">
        {!changes.length && <Empty>No changes yet.</Empty>}
        <ol className="feed" tabIndex={0} aria-label="Recent changes, newest first">
          {changes.map((one) => (
            <li key={one.id}>
              <time>{clock(one.time)}</time>
              <div>
                <Badge kind={one.tone || "quiet"}>{one.label}</Badge> {one.text}
              </div>
            </li>
          ))}
        </ol>
      </Card>
    </div>
  );
}
