// What the next drill is: its scenario, with what the matrix found of each, and how it is played.
// At a hub it is started from here, beside a drill that runs alone its command is shown.

import type { ReactNode } from "react";
import { useState } from "react";
import type { Pickable, PickableScenario } from "@/api/schema";
import { Empty } from "@/components/Empty";
import { Field } from "@/components/Field";
import { Confidence, Results } from "@/components/Proven";
import { dateTime } from "@/lib/format";
import type { DrillChoice } from "@/lib/picking";
import { RANDOM, USUAL } from "@/lib/picking";

type Put = (change: Partial<DrillChoice>) => void;
/** How often whoever plays has had a scenario, by its name. */
type Had = Readonly<Record<string, number>>;

export function useDrillChoice(): readonly [DrillChoice, Put] {
  const [choice, setChoice] = useState<DrillChoice>(USUAL);
  return [choice, (change) => setChoice((before) => ({ ...before, ...change }))];
}

export function DrillChooser({
  known,
  choice,
  put,
  had,
  first,
  children,
}: {
  known: Pickable | null | undefined;
  choice: DrillChoice;
  put: Put;
  had?: Had | undefined;
  /** A field of the chooser's own, before the others. */
  first?: ReactNode;
  /** What is done with the choice. */
  children: ReactNode;
}) {
  return (
    <>
      <div className="choice-fields">
        {first}
        <HowFields known={known} choice={choice} put={put} />
      </div>
      {children}
      {known && (
        <p className="muted">
          {known.tried_at
            ? `Verified on this machine by make smoke on ${dateTime(Date.parse(known.tried_at))}.`
            : "No scenario is verified on this machine yet. Run make smoke to try all of them."}
        </p>
      )}
      <Scenarios known={known} choice={choice} put={put} had={had} />
      {known?.scenarios.length === 0 && <Empty>The catalogue is empty.</Empty>}
    </>
  );
}

function HowFields({
  known,
  choice,
  put,
}: {
  known: Pickable | null | undefined;
  choice: DrillChoice;
  put: Put;
}) {
  return (
    <>
      <Field label="Agenda">
        <select
          value={choice.agenda}
          onChange={(event) => put({ agenda: event.currentTarget.value })}
        >
          <option value="">the scenario’s default</option>
          {Object.entries(known?.agendas || {}).map(([id, title]) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </Field>
      <Field label="Seed" hint="The same seed draws the same drill">
        <input
          type="number"
          min="0"
          placeholder="any"
          value={choice.seed}
          onInput={(event) => put({ seed: event.currentTarget.value })}
        />
      </Field>
      <Field label="Speed (×)" hint="How fast the exercise’s clock runs">
        <input
          type="number"
          min="1"
          max="60"
          value={choice.speed}
          onInput={(event) => put({ speed: event.currentTarget.value })}
        />
      </Field>
    </>
  );
}

function Scenarios({
  known,
  choice,
  put,
  had,
}: {
  known: Pickable | null | undefined;
  choice: DrillChoice;
  put: Put;
  had: Had | undefined;
}) {
  const picking = { picked: choice.scenario, pick: (scenario: string) => put({ scenario }) };
  return (
    <div className="scroll scenarios" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th>scenario</th>
            {had && <th>this team had it</th>}
            <th>confidence</th>
            <th>results</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>
              <Pick id={RANDOM} {...picking} />
              <div className="muted">One of these, hidden from you, too</div>
            </td>
            {had && <td />}
            <td />
            <td />
          </tr>
          {known?.scenarios.map((one) => (
            <Row key={one.id} one={one} had={had} {...picking} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Picking {
  picked: string;
  pick: (id: string) => void;
}

const times = (count: number): string =>
  count === 0 ? "" : count === 1 ? "once" : `${count} times`;

function Row({ one, had, ...picking }: { one: PickableScenario; had: Had | undefined } & Picking) {
  return (
    <tr>
      <td>
        <Pick id={one.id} {...picking} />
        <div className="muted">{one.title}</div>
      </td>
      {had && <td>{times(had[one.id] ?? 0)}</td>}
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
