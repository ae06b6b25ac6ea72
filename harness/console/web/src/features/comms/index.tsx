// What stakeholders are told: the next word, when it is due, what was said, and what customers see.

import type { Choices } from "@/api/types";
import { useDrill } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { stopwatch } from "@/lib/format";
import { useSince } from "@/api/useNow";
import { Channel } from "./Channel";
import { Composer } from "./Composer";
import { StatusPage } from "./StatusPage";
import { WhileLive } from "@/api/WhileLive";

/** How long until stakeholders should hear something, as the status said it last. */
function Cadence({ due, choices }: { due: number | null; choices: Choices }) {
  const late = due !== null && due < 0;
  return (
    <Card title="Cadence" className="span12" id="cadence">
      <div className="stat">
        <div className={`value ${late ? "late" : ""}`}>
          {due === null ? "–" : stopwatch(Math.abs(due))}
        </div>
        <div className="label">
          {due === null
            ? "no update due"
            : late
              ? "overdue: post an update, even if nothing is new"
              : "until the next update is due"}
        </div>
      </div>
      <p className="muted">
        First update within {choices.first_update_within_s / 60} minutes of the page, then at least
        every {choices.update_every_s / 60} minutes.
      </p>
    </Card>
  );
}

export default function Comms() {
  const { status, at } = useDrill();
  const since = useSince(at);
  const { data: choices, error } = usePoll("/v1/choices");
  if (error && !choices) return <ErrorNote error={error} />;
  if (!choices) return <Loading />;
  const due = status.exercise.update_due_s;
  return (
    <div className="columns">
      <div className="grid">
        <WhileLive>
          <Composer choices={choices} />
        </WhileLive>
      </div>
      <div className="grid">
        <Cadence due={due === null ? null : due - since} choices={choices} />
        <Channel choices={choices} />
        <StatusPage />
      </div>
    </div>
  );
}
