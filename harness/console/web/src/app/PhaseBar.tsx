import type { Status } from "@/api/types";
import { Badge } from "@/components/Badge";
import { plain, stopwatch } from "@/lib/format";
import { useSince } from "@/api/useNow";

/** The phase, its time, and when stakeholders should hear something. */
export function PhaseBar({
  status,
  at,
  isOver,
}: {
  status: Status;
  at: number;
  /** No clock runs any more: nothing is left, and nothing is due. */
  isOver: boolean;
}) {
  const since = useSince(at);
  const { clock } = status.exercise;
  return (
    <div className="phase">
      <strong title={clock.phase_title}>{clock.phase_title}</strong>
      {isOver ? <Badge kind="quiet">over</Badge> : <Running status={status} since={since} />}
    </div>
  );
}

/** What a clock that runs says. */
function Running({ status, since }: { status: Status; since: number }) {
  const { clock, speed, update_due_s: due, agenda } = status.exercise;
  const passed = clock.is_running && !clock.is_paused ? since * speed : 0;
  const remaining = clock.remaining_s === null ? null : clock.remaining_s - passed;
  return (
    <>
      {remaining !== null && <Left s={remaining} />}
      {clock.is_paused && <Badge kind="warn">paused</Badge>}
      {speed !== 1 && (
        <span className="muted" title="The exercise's clock runs faster than the wall's">
          clock at {plain(speed)}×
        </span>
      )}
      {agenda === "solo" && (
        <span className="muted">{stopwatch(status.elapsed_s + since)} elapsed</span>
      )}
      {due !== null && (
        <span className={due - since < 0 ? "late" : "muted"}>
          {due - since < 0 ? (
            "update overdue by "
          ) : (
            <>
              <span className="wide">next </span>update <span className="wide">due </span>
              {"in "}
            </>
          )}
          {stopwatch(Math.abs(due - since))}
        </span>
      )}
    </>
  );
}

/** What is left of the phase; past its end the instructor decides when the next one begins. */
function Left({ s }: { s: number }) {
  if (s < 1) return <Badge kind="warn">time is up</Badge>;
  return (
    <span className="figure" title="Time left in this phase">
      {stopwatch(s)} left
    </span>
  );
}
