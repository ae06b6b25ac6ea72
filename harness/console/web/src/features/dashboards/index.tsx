// The shop's dashboards, live: the same that Grafana shows, for those who have none.

import { useMemo } from "react";
import type { DashboardPanel, DrawnPanel } from "@/api/dashboards";
import { useLive } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { useServices } from "@/api/useServices";
import { Picker } from "@/charts/TimePicker";
import { fixed, useTime } from "@/charts/useTime";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import type { AddressParams } from "@/lib/address";
import { go, href, useParams } from "@/lib/address";
import { marks as marksOf } from "@/lib/moments";
import { FullPanel } from "./FullPanel";
import { Panel } from "./Panel";

const isDrawn = (panel: DashboardPanel): panel is DrawnPanel => panel.type !== "row";

export default function Dashboards() {
  const params = useParams();
  const list = usePoll("/v1/dashboards");
  const uid = params.uid ?? "shop";
  const board = usePoll(`/v1/dashboards/${encodeURIComponent(uid)}`);
  const services = useServices();
  const { records } = useLive();
  const time = useTime(params);
  const service = params.service ?? services[0] ?? "gateway";
  const marks = useMemo(() => marksOf(records), [records]);
  const set = (changes: AddressParams) => go("dashboards", { ...params, uid, ...changes });
  const zoom = (begin: number, end: number) => set(fixed(begin, end));
  const asked = useMemo(
    () => ({ begin: time.begin, end: time.end, service }),
    [time.begin, time.end, service],
  );
  if (list.error ?? board.error) return <ErrorNote error={list.error ?? board.error} />;
  if (!list.data || !board.data) return <Loading />;
  const { panels: all, templating, uid: shown } = board.data;
  const panels = all.filter((panel) => panel.type !== "row" || panel.title);
  const full = panels.filter(isDrawn).find((panel) => String(panel.id) === params.panel);
  const hasVariable = templating?.list.some((one) => one.name === "service");
  return (
    <div className="v-page">
      <div className="v-bar">
        <nav className="v-tabs" aria-label="Dashboards">
          {list.data.map((one) => (
            <a
              key={one.uid}
              href={href("dashboards", { ...params, uid: one.uid, panel: "" })}
              aria-current={one.uid === uid ? "page" : undefined}
              title={one.description}
            >
              {one.title}
            </a>
          ))}
        </nav>
        {hasVariable && (
          <label className="v-field">
            service{" "}
            <select
              value={service}
              onChange={(event) => set({ service: event.currentTarget.value })}
            >
              {services.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
        <Picker time={time} set={set} />
      </div>
      {panels.length ? (
        <div className="v-grid">
          {panels.map((panel) =>
            isDrawn(panel) ? (
              <Panel
                key={`${shown} ${panel.id}`}
                panel={panel}
                time={asked}
                marks={marks}
                onZoom={zoom}
                sync={shown}
                onService={(name) => set({ uid: "service", service: name })}
                onFull={() => set({ panel: panel.id })}
              />
            ) : (
              <h2 key={panel.id} className="v-row">
                {panel.title.replace("$service", service)}
              </h2>
            ),
          )}
        </div>
      ) : (
        <Empty>This dashboard has no panels.</Empty>
      )}
      {full && (
        <FullPanel
          panel={full}
          time={time}
          set={set}
          service={service}
          marks={marks}
          onService={(name) => set({ uid: "service", service: name, panel: "" })}
        />
      )}
    </div>
  );
}
