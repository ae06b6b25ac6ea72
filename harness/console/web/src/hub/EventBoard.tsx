import type { BoardRow, EventAnswer } from "@/api/hub-schema";
import type { Tone } from "@/api/types";
import { useAct } from "@/api/useAct";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { clock, money, plain, stopwatch } from "@/lib/format";
import { words } from "@/lib/words";
import { askHubAgain, hub, useHub } from "./hubApi";

const EVERY_MS = 2000;
/** After that, stakeholders have been waiting for long. */
const SILENT_S = 600;
type Now = NonNullable<BoardRow["now"]>;

/** Every team of an event, for whoever leads it. */
export function EventBoard({ event }: { event: EventAnswer }) {
  const ask = () => hub.board(event.id);
  const { data, error } = useHub(`board ${event.id}`, ask, EVERY_MS);
  return (
    <Card title="Teams" className="span12" id="board">
      <ErrorNote error={error} />
      {data && (
        <div className="scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>team</th>
                <th>phase</th>
                <th>pages</th>
                <th>acknowledged</th>
                <th>leading hypothesis</th>
                <th>last act</th>
                <th>impact</th>
                <th>verified</th>
                <th>last update</th>
              </tr>
            </thead>
            <tbody>
              {data.teams.map((row) => (
                <Row key={row.team} event={event} row={row} atMs={data.at_ms} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function Row({ event, row, atMs }: { event: EventAnswer; row: BoardRow; atMs: number }) {
  return (
    <tr>
      <td>
        <strong>{row.team}</strong>
        <div className="actions">
          {row.run_id && (row.drill === "running" || row.drill === "over") && (
            <a className="button" href={`/drills/${row.run_id}/`}>
              Open<span className="unseen"> the drill of {row.team}</span>
            </a>
          )}
          {row.drill === "died" && event.state === "running" && <Again event={event} row={row} />}
        </div>
      </td>
      <td>
        <PhaseOf row={row} />
        {row.outcome && <div className="muted">{row.outcome}</div>}
        {row.problem && <div className="late">{row.problem}</div>}
      </td>
      {row.now ? <Cells now={row.now} atMs={atMs} /> : <td colSpan={7} className="muted" />}
    </tr>
  );
}

function PhaseOf({ row }: { row: BoardRow }) {
  if (row.drill === "died") return <Badge kind="bad">died</Badge>;
  const phase = row.now?.phase ?? row.drill ?? "not begun";
  const tones: Record<string, Tone> = { paged: "warn", verified: "good", finished: "quiet" };
  return <Badge kind={tones[phase] ?? "info"}>{words(phase)}</Badge>;
}

function Cells({ now, atMs }: { now: Now; atMs: number }) {
  const ago = (ms: number | null) => (ms === null ? "" : `${stopwatch((atMs - ms) / 1000)} ago`);
  const tookS =
    now.acknowledged_ms !== null && now.paged_ms !== null
      ? (now.acknowledged_ms - now.paged_ms) / 1000
      : null;
  return (
    <>
      <td>
        {now.pages}
        <div className="muted">{ago(now.paged_ms)}</div>
      </td>
      <td>{tookS === null ? (now.pages ? "not yet" : "–") : `after ${stopwatch(tookS)}`}</td>
      <td>
        {now.belief ? (
          <>
            {now.belief.text} <strong>{now.belief.percent} %</strong>
            <div className="muted">{clock(now.belief.at_ms)}</div>
          </>
        ) : (
          "–"
        )}
      </td>
      <td>
        {now.last_act || "–"}
        <div className="muted">{ago(now.acted_ms)}</div>
      </td>
      <td>
        {now.users_affected === null ? "–" : `${plain(now.users_affected, 0)} users`}
        <div className="muted">{money(now.revenue_lost, 0)}</div>
      </td>
      <td>
        {now.verified === null ? (
          "not yet"
        ) : (
          <Badge kind={now.verified ? "good" : "bad"}>{now.verified ? "yes" : "failed"}</Badge>
        )}
      </td>
      <td className={now.silence_s !== null && now.silence_s > SILENT_S ? "late" : ""}>
        {now.updated_ms === null ? "none" : ago(now.updated_ms)}
        {now.updated_ms === null && now.silence_s !== null && (
          <div className="muted">for {stopwatch(now.silence_s)}</div>
        )}
      </td>
    </>
  );
}

function Again({ event, row }: { event: EventAnswer; row: BoardRow }) {
  const act = useAct(async () => {
    await hub.restartTeam(event.id, row.team);
    askHubAgain();
  });
  return (
    <>
      <Button busy={act.busy} onClick={() => act.run()}>
        Begin again<span className="unseen"> the drill of {row.team}</span>
      </Button>
      <ErrorNote error={act.error} />
    </>
  );
}
