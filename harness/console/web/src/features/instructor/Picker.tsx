// What to run next: every scenario with what the matrix found of it here, and the command for it.

import { useState } from "react";
import type { Proof as ScenarioProof } from "@/api/types";
import { usePoll } from "@/api/usePoll";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { toast } from "@/components/Toast";
import { dateTime, seconds } from "@/lib/format";
import type { DrillChoice } from "@/lib/picking";
import { command, confidence } from "@/lib/picking";

function Proof({ proof }: { proof: ScenarioProof | null }) {
  const [kind, word] = confidence(proof);
  return <Badge kind={kind}>{word}</Badge>;
}

const tried = (value: boolean | null, yes: string, no: string): string | null =>
  value === null ? null : value ? `✓ ${yes}` : `✕ ${no}`;

function told({
  page_s: page,
  found,
  rollback,
  fix,
  cheats,
  cheats_rejected: rejected,
}: ScenarioProof): string {
  return [
    page === null ? "does not page" : `page after ${seconds(page)}`,
    tried(found, "evidence found", "evidence missing"),
    tried(rollback, "rollback fixes it", "rollback does not fix it"),
    tried(fix, "code fix works", "code fix does not work"),
    cheats ? `${rejected === cheats ? "✓" : "✕"} ${rejected} of ${cheats} cheats rejected` : null,
  ]
    .filter(Boolean)
    .join(" · ");
}

export function Picker() {
  const { data, error } = usePoll("/v1/instructor/scenarios");
  const [choice, setChoice] = useState<DrillChoice>({
    scenario: "random",
    agenda: "",
    seed: "",
    speed: "1",
  });
  const put = (change: Partial<DrillChoice>) => setChoice((before) => ({ ...before, ...change }));
  const line = command(choice);
  const copy = async () => {
    await navigator.clipboard.writeText(line);
    void toast("Copied. Run it where this drill runs, after it ends");
  };
  return (
    <Card title="Next drill" className="span12" id="picker">
      <ErrorNote error={error} />
      {data && !data.tried_at && (
        <Empty>
          No scenario is verified on this machine yet. Run make smoke to try all of them.
        </Empty>
      )}
      {data?.tried_at && (
        <p className="muted">
          Verified on this machine by make smoke on {dateTime(Date.parse(data.tried_at))}.
        </p>
      )}
      <div className="scroll scenarios" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th>scenario</th>
              <th>confidence</th>
              <th>results</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td>
                <label className="tick">
                  <input
                    type="radio"
                    name="scenario"
                    checked={choice.scenario === "random"}
                    onChange={() => put({ scenario: "random" })}
                  />{" "}
                  random (hidden from you, too)
                </label>
              </td>
              <td />
              <td />
            </tr>
            {(data?.scenarios || []).map((one) => (
              <tr key={one.id}>
                <td>
                  <label className="tick">
                    <input
                      type="radio"
                      name="scenario"
                      checked={choice.scenario === one.id}
                      onChange={() => put({ scenario: one.id, agenda: "" })}
                    />{" "}
                    {one.id}
                  </label>
                  <div className="muted">{one.title}</div>
                </td>
                <td>
                  <Proof proof={one.proof} />
                </td>
                <td className="muted">
                  {one.proof ? told(one.proof) : ""}
                  {one.proof?.shortfalls.map((text) => (
                    <div className="v-bad" key={text}>
                      {text}
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="two">
        <label className="field">
          <span className="label">Agenda</span>
          <select
            value={choice.agenda}
            onChange={(event) => put({ agenda: event.currentTarget.value })}
          >
            <option value="">the scenario’s default</option>
            {Object.entries(data?.agendas || {}).map(([id, title]) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <div className="two">
          <label className="field">
            <span className="label">Seed</span>
            <input
              type="number"
              min="0"
              placeholder="any"
              value={choice.seed}
              onInput={(event) => put({ seed: event.currentTarget.value })}
            />
          </label>
          <label className="field">
            <span className="label">Speed (×)</span>
            <input
              type="number"
              min="1"
              max="60"
              value={choice.speed}
              onInput={(event) => put({ speed: event.currentTarget.value })}
            />
          </label>
        </div>
      </div>
      <div className="slider">
        <code className="command">{line}</code>
        <Button onClick={copy}>Copy</Button>
      </div>
    </Card>
  );
}
