// Changes: what was deployed and when, what it changed, and the ways to change it back.

import { useMemo, useState } from "react";
import type { Deploy, Service } from "@/api/types";
import { useDrill } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { useServices } from "@/api/useServices";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { go, useParams } from "@/lib/address";
import { useNow } from "@/api/useNow";
import { ActForm } from "./ActForm";
import { Change, Entry } from "./Deploys";
import { Flags } from "./Flags";

const EVERY_MS = 4000;

/** Versions that one can go back to, by service, the newest first: what runs is none of them. */
function versionsOf(log: readonly Deploy[], services: readonly Service[]): Map<string, string[]> {
  const runs = new Map(services.map((one) => [one.name, one.version]));
  const found = new Map<string, string[]>();
  for (const entry of log.toReversed()) {
    const known = found.get(entry.service) ?? [];
    for (const version of [entry.version_to, entry.version_from]) {
      const isBefore = version !== runs.get(entry.service) && entry.outcome !== "failed";
      if (version && isBefore && !known.includes(version)) known.push(version);
    }
    found.set(entry.service, known);
  }
  return found;
}

export default function Changes() {
  const params = useParams();
  const now = useNow(EVERY_MS);
  const { status } = useDrill();
  const services = useServices();
  const log = usePoll("/v1/deploys", EVERY_MS);
  const flags = usePoll("/v1/flags");
  const versions = useMemo(
    () => versionsOf(log.data ?? [], status.services),
    [log.data, status.services],
  );
  const [isOpen, setOpen] = useState(true);
  if (log.error && !log.data) return <ErrorNote error={log.error} />;
  if (!log.data) return <Loading />;
  const shown = [...log.data]
    .toReversed()
    .filter((entry) => !params.service || entry.service === params.service);
  const chosen = log.data.find((entry) => entry.deploy_id === params.deploy);
  return (
    <div className={`v-page v-split ${chosen ? "v-has-one" : ""}`}>
      <aside className="v-list" aria-label="Deploys">
        <div className="v-bar">
          <label className="v-field">
            service{" "}
            <select
              value={params.service ?? ""}
              onChange={(event) => go("changes", { ...params, service: event.currentTarget.value })}
            >
              <option value="">all</option>
              {services.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        </div>
        {shown.length === 0 && <Empty>No deploys.</Empty>}
        <ol className="v-found">
          {shown.map((entry) => (
            <Entry key={entry.deploy_id} entry={entry} params={params} now={now} />
          ))}
        </ol>
      </aside>
      <div className="v-main">
        {chosen ? (
          <Change key={chosen.deploy_id} entry={chosen} />
        ) : (
          <Empty>Select a deploy to see its notes and diff.</Empty>
        )}
        <details
          className="card"
          id="act"
          open={isOpen}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          <summary>Take action</summary>
          <ActForm
            services={services}
            versions={versions}
            flags={flags.data ?? []}
            drillId={status.drill_id}
            asked={{ act: params.act, service: params.service }}
            onDone={log.again}
          />
        </details>
        <Flags flags={flags.data ?? []} error={flags.error} />
      </div>
    </div>
  );
}
