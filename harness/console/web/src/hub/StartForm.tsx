import type { SyntheticEvent } from "react";
import { useState } from "react";
import type { TeamAnswer } from "@/api/hub-schema";
import { useAct } from "@/api/useAct";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { confidence } from "@/lib/picking";
import { askHubAgain, hub, useHub } from "./hubApi";

const RANDOM = "random";

/** The catalogue, and the button that starts a drill of it. */
export function StartForm({ teams }: { teams: TeamAnswer[] }) {
  const { data, error } = useHub("scenarios", hub.scenarios);
  const [team, setTeam] = useState(teams[0]?.id ?? "");
  const [scenario, setScenario] = useState(RANDOM);
  const [agenda, setAgenda] = useState("");
  const [seed, setSeed] = useState("");
  const [speed, setSpeed] = useState("1");
  const picked = data?.scenarios.find((one) => one.id === scenario);
  const start = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await hub.start(team, {
      scenario,
      agenda: agenda || null,
      seed: seed === "" ? null : Number(seed),
      speed: Number(speed) || 1,
    });
    askHubAgain();
  });
  return (
    <Card title="Next drill" className="span8" id="next">
      <ErrorNote error={error} />
      <form onSubmit={start.run} aria-labelledby="next">
        <div className="two">
          <Field label="Team">
            <select value={team} onChange={(event) => setTeam(event.currentTarget.value)}>
              {teams.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          </Field>
          <Field label="Scenario" hint={picked?.title}>
            <select value={scenario} onChange={(event) => setScenario(event.currentTarget.value)}>
              <option value={RANDOM}>random (hidden from you, too)</option>
              {data?.scenarios.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.id}
                </option>
              ))}
            </select>
          </Field>
        </div>
        {picked && (
          <p>
            <Badge kind={confidence(picked.proof)[0]}>{confidence(picked.proof)[1]}</Badge>
          </p>
        )}
        <div className="two">
          <Field label="Agenda">
            <select value={agenda} onChange={(event) => setAgenda(event.currentTarget.value)}>
              <option value="">the scenario’s default</option>
              {Object.entries(data?.agendas || {}).map(([id, title]) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          </Field>
          <div className="two">
            <Field label="Seed">
              <input
                type="number"
                min="0"
                placeholder="any"
                value={seed}
                onInput={(event) => setSeed(event.currentTarget.value)}
              />
            </Field>
            <Field label="Speed (×)">
              <input
                type="number"
                min="1"
                max="60"
                value={speed}
                onInput={(event) => setSpeed(event.currentTarget.value)}
              />
            </Field>
          </div>
        </div>
        <ErrorNote error={start.error} />
        <div className="actions">
          <Button type="submit" kind="primary" busy={start.busy}>
            Start the drill
          </Button>
        </div>
      </form>
    </Card>
  );
}
