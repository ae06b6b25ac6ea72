// One incident: what it is, who leads, what was said last, and the alerts of which it consists.

import { useMemo } from "react";
import { api } from "@/api/client";
import { WhileLive } from "@/api/WhileLive";
import type { Status } from "@/api/types";
import { useAct } from "@/api/useAct";
import { useDrill } from "@/api/useLive";
import { useNewest } from "@/api/useNewest";
import { useNow, useSince } from "@/api/useNow";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Runbook } from "@/components/Runbook";
import { attachEvidence } from "@/components/basket";
import { href } from "@/lib/address";
import { ago, seconds } from "@/lib/format";
import type { PagedAlert } from "@/lib/incident";
import { pagedAlerts } from "@/lib/incident";
import { toneOfSeverity } from "@/lib/tones";
import { severityName } from "@/lib/words";

const LEADS = ["bridge", "on-call"];

/** Who coordinates: the bridge engineer; without one, who is on call. */
function leadOf(roles: Status["exercise"]["roles"]): string {
  const role = LEADS.find((one) => roles[one]?.length);
  return (role && roles[role]?.join(", ")) || "nobody yet";
}

/** The services that alerts have fired for, by alert, as the record has them. */
function useServicesOf(): ReadonlyMap<string, ReadonlySet<string>> {
  const { records } = useDrill();
  return useMemo(() => {
    const found = new Map<string, Set<string>>();
    for (const one of records)
      if (one.type === "alert.fired")
        found.set(one.data.name, (found.get(one.data.name) ?? new Set()).add(one.data.service));
    return found;
  }, [records]);
}

export function IncidentNow() {
  const { status } = useDrill();
  const known = useServicesOf();
  const { pages, alerts } = status;
  const paged = useMemo(() => pagedAlerts(pages, alerts, known), [pages, alerts, known]);
  const acknowledge = useAct((id?: string) => api.post("/v1/pages/ack", id ? { page_id: id } : {}));
  const declared = useNewest("incident.declared");
  const open = pages.filter((page) => !page.acknowledged_by).length;
  const [going, over] = [
    paged.filter((one) => one.state !== "resolved"),
    paged.filter((one) => one.state === "resolved"),
  ];
  const rows = (list: readonly PagedAlert[]) =>
    list.map((one) => <AlertRow key={one.alert} one={one} acknowledge={acknowledge} />);
  return (
    <Card
      title={
        declared
          ? `${severityName(declared.data.severity)}: ${declared.data.summary}`
          : paged.length
            ? "Incident, not declared yet"
            : "Incident"
      }
      className="span12"
      id="incident-now"
      actions={
        <WhileLive>
          {paged.length > 0 && (
            <a className="button" href={href("diagnosis", { at: "incident" })}>
              {declared ? "Update the incident" : "Declare the incident"}
            </a>
          )}
          {open > 1 && (
            <Button kind="primary" busy={acknowledge.busy} onClick={() => acknowledge.run()}>
              Acknowledge all
            </Button>
          )}
        </WhileLive>
      }
    >
      {paged.length === 0 && !declared && <Empty>No pages yet. A good time to look around.</Empty>}
      {(paged.length > 0 || declared) && (
        <div className="incident">
          <div>
            <ul className="alerts-of" aria-label="Alerts, newest first">
              {rows(going)}
            </ul>
            {going.length === 0 && <p className="note good">No alert of it fires any more.</p>}
            {over.length > 0 && (
              <details>
                <summary>{over.length} resolved</summary>
                <ul className="alerts-of" aria-label="Resolved alerts">
                  {rows(over)}
                </ul>
              </details>
            )}
            <ErrorNote error={acknowledge.error} />
          </div>
          <Beside status={status} going={going} />
        </div>
      )}
    </Card>
  );
}

interface Acknowledging {
  busy: boolean;
  run: (id?: string) => unknown;
}

function AlertRow({ one, acknowledge }: { one: PagedAlert; acknowledge: Acknowledging }) {
  const { status, at } = useDrill();
  const since = useSince(at);
  const [newest] = one.pages;
  const ageS = newest
    ? Math.max(0, Math.round(status.elapsed_s + since - newest.sent_ms / 1000))
    : 0;
  return (
    <li
      className={`note ${one.state === "open" ? "bad" : one.state === "acknowledged" ? "warn" : ""}`}
    >
      <div className="page-alert">
        <div>
          <Badge kind={one.state === "resolved" ? "quiet" : toneOfSeverity(one.severity)}>
            {one.severity}
          </Badge>{" "}
          <strong>{one.alert}</strong>
          {one.services.length > 0 && ` on ${one.services.join(", ")}`}: {one.summary}
          <div className="muted">
            {one.state === "resolved" && "resolved, "}
            paged {seconds(ageS)} ago
            {one.pages.length > 1 && `, ${one.pages.length} times`}
            {one.open.length === 0 && one.takenBy && `, acknowledged by ${one.takenBy}`}
          </div>
        </div>
        <div className="actions">
          <WhileLive>
            <Button onClick={() => attachEvidence(`alert:${one.alert}`, one.summary)}>
              Attach<span className="unseen"> {one.alert}</span>
            </Button>
            {one.open.map((page) => (
              <Button
                key={page.page_id}
                kind="primary"
                busy={acknowledge.busy}
                onClick={() => acknowledge.run(page.page_id)}
              >
                Acknowledge
              </Button>
            ))}
          </WhileLive>
        </div>
      </div>
      <Runbook alert={one.alert} />
    </li>
  );
}

/** What of the incident is not an alert. */
function Beside({ status, going }: { status: Status; going: readonly PagedAlert[] }) {
  const declared = useNewest("incident.declared");
  const update = useNewest("update.posted");
  const now = useNow(1000);
  const systems = declared?.data.systems.length
    ? declared.data.systems
    : [...new Set(going.flatMap((one) => one.services))];
  return (
    <dl className="beside">
      <dt>Severity</dt>
      <dd>{declared ? severityName(declared.data.severity) : "not declared"}</dd>
      <dt>Lead</dt>
      <dd>{leadOf(status.exercise.roles)}</dd>
      <dt>Affected services</dt>
      <dd>{systems.join(", ") || "–"}</dd>
      <dt>Last update</dt>
      <dd>
        {update ? (
          <>
            <Badge kind={update.data.status === "resolved" ? "good" : "info"}>
              {update.data.status}
            </Badge>{" "}
            {ago(Date.parse(update.at), now)}
            <br />
            {update.data.current_state}
          </>
        ) : (
          "none yet"
        )}{" "}
        <WhileLive>
          <a href={href("comms", { at: "composer" })}>Post an update</a>
        </WhileLive>
      </dd>
    </dl>
  );
}
