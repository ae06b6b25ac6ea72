import type { RunAnswer } from "@/api/hub-schema";
import type { Tone } from "@/api/types";
import { useAct } from "@/api/useAct";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { dateTime } from "@/lib/format";
import { askHubAgain, hub, useHub } from "./hubApi";

const EVERY_MS = 2000;
const TONES: Record<RunAnswer["phase"], Tone> = {
  starting: "info",
  running: "good",
  over: "quiet",
  died: "bad",
};

/** The drills of one's teams, newest first. */
export function Runs() {
  const { data: runs, error } = useHub("runs", hub.runs, EVERY_MS);
  return (
    <Card title="Drills" className="span12" id="runs">
      <ErrorNote error={error} />
      {runs?.length === 0 && (
        <Empty>No drill yet. Whoever leads a team starts one from the catalogue.</Empty>
      )}
      {runs && runs.length > 0 && (
        <div className="scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>drill</th>
                <th>state</th>
                <th>actions</th>
                <th>started</th>
                <th>you are</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <Row key={run.id} run={run} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function Row({ run }: { run: RunAnswer }) {
  const act = useAct(async (work: (run: string) => Promise<unknown>) => {
    await work(run.id);
    askHubAgain();
  });
  const leads = run.role === "instructor";
  const goesOn = run.phase === "starting" || run.phase === "running";
  return (
    <tr>
      <td>
        {run.team}
        <div className="muted">{run.scenario ?? run.drill_id ?? ""}</div>
        {run.agenda && <div className="muted">{run.agenda}</div>}
      </td>
      <td>
        <Badge kind={TONES[run.phase]}>{run.phase}</Badge>
        {run.outcome && <div className="muted">{run.outcome}</div>}
      </td>
      <td>
        <div className="actions">
          {run.phase === "running" && (
            <a className="button primary" href={`/drills/${run.id}/`}>
              Open the console
            </a>
          )}
          {run.phase === "over" && run.drill_id && (
            <a className="button" href={`/drills/${run.id}/`}>
              Open the review
            </a>
          )}
          {leads && goesOn && (
            <Button busy={act.busy} onClick={() => act.run(hub.stop)}>
              Stop
            </Button>
          )}
          {leads && run.phase === "died" && (
            <Button busy={act.busy} onClick={() => act.run(hub.resume)}>
              Resume
            </Button>
          )}
        </div>
        <ErrorNote error={act.error} />
      </td>
      <td>
        {dateTime(run.created_ms)}
        <div className="muted">by {run.started_by}</div>
      </td>
      <td>{run.role}</td>
    </tr>
  );
}
