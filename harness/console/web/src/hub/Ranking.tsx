// For the wall: who is ahead, by what the event says counts. The hub puts nothing secret into it.

import type { StandingAnswer } from "@/api/hub-schema";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { stopwatch } from "@/lib/format";
import { counted, words } from "@/lib/words";
import { useEvents } from "./Events";
import { hub, useHub } from "./hubApi";

const EVERY_MS = 3000;

export function Ranking() {
  const { events, event, error } = useEvents();
  if (error) return <ErrorNote error={error} />;
  if (!events) return <Loading what="Asking the hub" />;
  if (!event) return <Empty>No event yet.</Empty>;
  return <Wall key={event.id} event={event.id} />;
}

function Wall({ event }: { event: string }) {
  const { data, error } = useHub(`standings ${event}`, () => hub.standings(event), EVERY_MS);
  return (
    <div className="projector span12">
      <div className="title">{data?.title}</div>
      <ErrorNote error={error} />
      {data && (
        <div className="scroll" tabIndex={0} role="region" aria-label="Ranking">
          <table className="ranking">
            <thead>
              <tr>
                <th>rank</th>
                <th>team</th>
                <th>points</th>
                <th>conduct</th>
                <th>recovered</th>
                <th>phase</th>
              </tr>
            </thead>
            <tbody>
              {data.teams.map((one) => (
                <Place key={one.team} one={one} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data && <p className="muted">Ranked by {data.counts.join(", then ")}</p>}
      <p className="wall-acts">
        <button
          type="button"
          className="button quiet"
          onClick={() => void document.documentElement.requestFullscreen?.().catch(() => {})}
        >
          Full screen
        </button>
        <a className="button quiet" href="#/events">
          Back to the event
        </a>
      </p>
    </div>
  );
}

function Place({ one }: { one: StandingAnswer }) {
  const recovered = one.recovery_s === null ? "not yet" : `after ${stopwatch(one.recovery_s)}`;
  return (
    <tr>
      <td>{one.rank}</td>
      <td>
        <strong>{one.team}</strong>
      </td>
      {one.phase === null ? (
        <td colSpan={4} className="muted">
          not begun
        </td>
      ) : (
        <>
          <td>
            {one.points} of {one.points_max}
          </td>
          <td>{one.blots ? counted(one.blots, "mistake", "mistakes") : "clean"}</td>
          <td>{recovered}</td>
          <td>{words(one.phase)}</td>
        </>
      )}
    </tr>
  );
}
