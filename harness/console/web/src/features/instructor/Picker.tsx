// What to run next: every scenario with what the matrix found of it here, and the command for it.

import { useState } from "react";
import { place } from "@/api/place";
import { usePoll } from "@/api/usePoll";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { toast } from "@/components/Toast";
import { dateTime } from "@/lib/format";
import type { DrillChoice } from "@/lib/picking";
import { command } from "@/lib/picking";
import { Confidence, Results } from "./Results";

/** The next drill; at a hub it is chosen and started there. */
export function Picker() {
  return place ? <AtTheHub /> : <Choose />;
}

function AtTheHub() {
  return (
    <Card title="Next drill" className="span12" id="picker">
      <p>Once this drill is over, the next one starts from the hub’s catalogue.</p>
      <div className="actions">
        <a className="button" href="/#/catalogue">
          Open the catalogue
        </a>
      </div>
    </Card>
  );
}

function Choose() {
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
                  <Confidence scenario={one} />
                </td>
                <td className="muted">
                  <Results proof={one.proof} />
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
