// Profiles: where a service spends its time, by py-spy on the machine that it runs on; and what each
// of its threads does at this moment.

import { useState } from "react";
import { api } from "@/api/client";
import type { Profile } from "@/api/schema";
import { useAct } from "@/api/useAct";
import { useServices } from "@/api/useServices";
import { WhileLive } from "@/api/WhileLive";
import { useMoment } from "@/api/moment";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { go, useParams } from "@/lib/address";
import { clock } from "@/lib/format";
import { Graph, Stacks } from "./Taken";
import "./profiles.css";

const SECONDS = [5, 10, 20, 30];
const SECONDS_FIRST = 10;

interface Taken {
  profile: Profile;
  atMs: number;
}

/** The newest of each kind: it took seconds to get, and is still there when one comes back. */
const kept: { graph: Taken | null; stacks: Taken | null } = { graph: null, stacks: null };

export default function Profiles() {
  const isOver = useMoment().review;
  return (
    <div className="v-page">
      {isOver && <Empty>A profile is taken of a service that runs; this drill is over.</Empty>}
      <WhileLive>
        <Taking />
      </WhileLive>
    </div>
  );
}

function Taking() {
  const params = useParams();
  const services = useServices();
  const service = params.service ?? services[0] ?? "";
  const [secondsFor, setSecondsFor] = useState(SECONDS_FIRST);
  const [isWaiting, setWaiting] = useState(false);
  const [said, setSaid] = useState("");
  const [taken, setTaken] = useState(kept);
  const take = useAct(async (form: "speedscope" | "stacks") => {
    const body = { service, form, seconds: secondsFor, waiting: isWaiting };
    const profile = await api.run("/v1/profiles", body, setSaid);
    if (!profile) return;
    const found = { profile, atMs: Date.now() };
    Object.assign(kept, form === "stacks" ? { stacks: found } : { graph: found });
    setTaken({ ...kept });
  });
  return (
    <>
      <Card title="Look into a service" id="profile-of">
        <div className="v-bar">
          <label className="v-field">
            service{" "}
            <select
              value={service}
              onChange={(event) => go("profiles", { service: event.currentTarget.value })}
            >
              {services.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label className="v-field">
            for{" "}
            <select
              value={secondsFor}
              onChange={(event) => setSecondsFor(Number(event.currentTarget.value))}
            >
              {SECONDS.map((one) => (
                <option key={one} value={one}>
                  {one} s
                </option>
              ))}
            </select>
          </label>
          <label className="v-field">
            <input
              type="checkbox"
              checked={isWaiting}
              onChange={(event) => setWaiting(event.currentTarget.checked)}
            />{" "}
            count threads that wait
          </label>
          <Button kind="primary" busy={take.busy} onClick={() => take.run("speedscope")}>
            Record profile
          </Button>
          <Button disabled={take.busy} onClick={() => take.run("stacks")}>
            Show thread stacks
          </Button>
        </div>
        <p className="muted" role="status">
          {take.busy ? `${said || "asking"} …` : "py-spy samples the service while it runs."}
        </p>
        <ErrorNote error={take.error} />
      </Card>
      {taken.graph && (
        <Graph key={taken.graph.atMs} profile={taken.graph.profile} at={clock(taken.graph.atMs)} />
      )}
      {taken.stacks && <Stacks profile={taken.stacks.profile} at={clock(taken.stacks.atMs)} />}
    </>
  );
}
