import type { SyntheticEvent } from "react";
import { useState } from "react";
import type { PickableScenario, TeamAnswer } from "@/api/hub-schema";
import { useAct } from "@/api/useAct";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { Confidence, Results } from "@/features/instructor/Results";
import { dateTime } from "@/lib/format";
import { askHubAgain, hub, useHub } from "./hubApi";
import { TeamChoice } from "./TeamChoice";

const RANDOM = "random";

/** What a team can have next, what it has had, and the button that starts it. */
export function Catalogue({ teams }: { teams: TeamAnswer[] }) {
  const [team, setTeam] = useState(teams[0]?.id ?? "");
  const { data, error } = useHub(`catalogue ${team}`, () => hub.catalogue(team));
  const [scenario, setScenario] = useState(RANDOM);
  const [agenda, setAgenda] = useState("");
  const [seed, setSeed] = useState("");
  const [speed, setSpeed] = useState("1");
  const start = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await hub.start(team, {
      scenario,
      agenda: agenda || null,
      seed: seed === "" ? null : Number(seed),
      speed: Number(speed) || 1,
    });
    askHubAgain();
    location.hash = "#/drills";
  });
  return (
    <Card title="Next drill" className="span12" id="next">
      <ErrorNote error={error} />
      <form onSubmit={start.run} aria-labelledby="next">
        <div className="two">
          <TeamChoice teams={teams} team={team} choose={setTeam} />
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
        </div>
        <div className="two">
          <Field label="Seed" hint="The same seed draws the same drill">
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
        <ErrorNote error={start.error} />
        <div className="actions">
          <Button type="submit" kind="primary" busy={start.busy}>
            Start the drill
          </Button>
          <span className="muted">{scenario}</span>
        </div>
      </form>
      {data && (
        <p className="muted">
          {data.tried_at
            ? `Verified on this machine by make smoke on ${dateTime(Date.parse(data.tried_at))}.`
            : "No scenario is verified on this machine yet. Run make smoke to try all of them."}
        </p>
      )}
      <div className="scroll scenarios" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th>scenario</th>
              <th>this team had it</th>
              <th>confidence</th>
              <th>results</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>
                <Pick id={RANDOM} picked={scenario} pick={setScenario} />
                <div className="muted">One of these, hidden from you, too</div>
              </td>
              <td />
              <td />
              <td />
            </tr>
            {data?.scenarios.map((one) => (
              <Row
                key={one.id}
                one={one}
                had={data.had[one.id] ?? 0}
                picked={scenario}
                pick={setScenario}
              />
            ))}
          </tbody>
        </table>
      </div>
      {data?.scenarios.length === 0 && <Empty>The catalogue is empty.</Empty>}
    </Card>
  );
}

interface Picking {
  picked: string;
  pick: (id: string) => void;
}

function Row({ one, had, ...picking }: { one: PickableScenario; had: number } & Picking) {
  return (
    <tr>
      <td>
        <Pick id={one.id} {...picking} />
        <div className="muted">{one.title}</div>
      </td>
      <td>{had === 0 ? "" : had === 1 ? "once" : `${had} times`}</td>
      <td>
        <Confidence scenario={one} />
      </td>
      <td className="muted">
        <Results proof={one.proof} />
      </td>
    </tr>
  );
}

function Pick({ id, picked, pick }: { id: string } & Picking) {
  return (
    <label className="tick">
      <input type="radio" name="scenario" checked={picked === id} onChange={() => pick(id)} /> {id}
    </label>
  );
}
