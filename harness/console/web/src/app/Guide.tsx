// What a participant may need to read: what this is, the goals, the role's duties, the files that
// were unlocked, and runbooks. Fetched when somebody opens it.

import { useState } from "react";
import { session } from "@/api/session";
import type { Status } from "@/api/types";
import { usePoll } from "@/api/usePoll";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { Markdown } from "@/components/Markdown";
import type { GuideAt } from "./Strip";
import { rolesOf } from "./Strip";
import { ABOUT } from "./about";

function Goals({ status }: { status: Status }) {
  const { clock, title, objectives, phases } = status.exercise;
  const place = phases.findIndex((one) => one.id === clock.phase);
  return (
    <>
      <h3>This phase: {clock.phase_title}</h3>
      <ul>
        {clock.objectives.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <h3>The whole exercise: {title}</h3>
      <ul>
        {objectives.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <p className="muted">
        {phases.map((one, index) => (
          <span key={one.id}>
            {index > 0 && " → "}
            {index === place ? <strong>{one.title}</strong> : one.title}
          </span>
        ))}
      </p>
    </>
  );
}

function Duties({ mine }: { mine: readonly string[] }) {
  const { data, error } = usePoll("/v1/roles");
  if (error) return <ErrorNote error={error} />;
  if (!data) return <Loading />;
  const shown = data.toSorted((a, b) => Number(mine.includes(b.id)) - Number(mine.includes(a.id)));
  return (
    <>
      {shown.map((one) => (
        <details key={one.id} open={mine.includes(one.id)}>
          <summary>
            {one.title}
            <span className="muted">
              {mine.includes(one.id) ? " – your role" : ""}
              {one.people.length > 0 && ` (${one.people.join(", ")})`}
            </span>
          </summary>
          <p>{one.responsibilities.join(" · ")}</p>
          <ul>
            {one.checklist.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}

function Unlocked({ name }: { name: string }) {
  const [isOpen, setOpen] = useState(false);
  const { data, error } = usePoll(isOpen ? `/v1/files/${encodeURIComponent(name)}` : null);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{name}</summary>
      <ErrorNote error={error} />
      {isOpen && !data && !error && <Loading />}
      {data && (
        <pre className="text file" tabIndex={0}>
          {data.text}
        </pre>
      )}
    </details>
  );
}

function Runbooks({ first, firing }: { first: string | null; firing: ReadonlySet<string> }) {
  const { data, error } = usePoll("/v1/runbooks");
  if (error) return <ErrorNote error={error} />;
  if (!data) return <Loading />;
  const rank = (alert: string) => (alert === first ? 2 : firing.has(alert) ? 1 : 0);
  return (
    <>
      {data
        .toSorted((one, other) => rank(other.alert) - rank(one.alert))
        .map((one) => (
          <details key={one.alert} open={one.alert === first}>
            <summary>
              {one.alert}
              {firing.has(one.alert) && <span className="late"> – firing</span>}
            </summary>
            <Markdown text={one.text} />
          </details>
        ))}
    </>
  );
}

export default function Guide({
  status,
  at,
  close,
}: {
  status: Status;
  at: GuideAt;
  close: () => void;
}) {
  const files = status.exercise.files.map((path) => path.split("/").at(-1) ?? path);
  const firing = new Set(status.alerts.map((alert) => alert.name));
  const runbooks = (
    <section aria-labelledby="guide-runbooks">
      <h2 id="guide-runbooks">Runbooks</h2>
      <Runbooks first={at.alert} firing={firing} />
    </section>
  );
  return (
    <Dialog label="Guide" close={close} className="guide">
      {at.alert !== null && runbooks}
      <section aria-labelledby="guide-goals">
        <h2 id="guide-goals">What this is</h2>
        <p>{ABOUT}</p>
        <Goals status={status} />
      </section>
      <section aria-labelledby="guide-roles">
        <h2 id="guide-roles">Roles</h2>
        <Duties mine={rolesOf(status, session.person)} />
      </section>
      <section aria-labelledby="guide-files">
        <h2 id="guide-files">Files</h2>
        {files.length === 0 && <Empty>None unlocked yet; phases of the agenda unlock them.</Empty>}
        {files.map((name) => (
          <Unlocked key={name} name={name} />
        ))}
      </section>
      {at.alert === null && runbooks}
      <Button onClick={close}>Close</Button>
    </Dialog>
  );
}
