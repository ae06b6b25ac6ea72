import { useState } from "react";
import type { EventAnswer } from "@/api/hub-schema";
import type { Tone } from "@/api/types";
import { useAct } from "@/api/useAct";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { dateTime } from "@/lib/format";
import { counted } from "@/lib/words";
import { EventBoard } from "./EventBoard";
import { EventMessage } from "./EventMessage";
import { askHubAgain, hub, useHub } from "./hubApi";

const EVERY_MS = 5000;
const TONES: Record<EventAnswer["state"], Tone> = { ready: "info", running: "good", over: "quiet" };

/** The event that is meant: the one that was chosen, else the newest that is not over. */
export function useEvents() {
  const { data: events, error } = useHub("events", hub.events, EVERY_MS);
  const [chosen, choose] = useState("");
  const event =
    events?.find(({ id }) => id === chosen) ??
    events?.find(({ state }) => state !== "over") ??
    events?.[0];
  return { events, event, choose, error };
}

export function EventChoice({
  events,
  event,
  choose,
}: {
  events: EventAnswer[];
  event: EventAnswer;
  choose: (id: string) => void;
}) {
  if (events.length < 2) return null;
  return (
    <Field label="Event">
      <select value={event.id} onChange={(change) => choose(change.currentTarget.value)}>
        {events.map((one) => (
          <option key={one.id} value={one.id}>
            {one.title}, {dateTime(one.created_ms)}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** The events that one is in; whoever leads one has its board. */
export function Events() {
  const { events, event, choose, error } = useEvents();
  return (
    <>
      <Card title="Event" className="span12" id="event">
        <ErrorNote error={error} />
        {events?.length === 0 && (
          <Empty>No event yet. The hub’s owner prepares one: drill event up event.toml</Empty>
        )}
        {events && event && <EventChoice events={events} event={event} choose={choose} />}
        {event && <About key={event.id} event={event} />}
      </Card>
      {event?.role === "instructor" && event.started_ms !== null && <EventBoard event={event} />}
      {event?.role === "instructor" && event.state === "running" && <EventMessage event={event} />}
    </>
  );
}

function About({ event }: { event: EventAnswer }) {
  const start = useAct(async () => {
    await hub.startEvent(event.id);
    askHubAgain();
  });
  const begins = event.state === "ready" ? event.starts_ms : null;
  return (
    <>
      <p>
        <strong>{event.title}</strong> <Badge kind={TONES[event.state]}>{event.state}</Badge>
      </p>
      <p className="muted">
        {counted(event.teams.length, "team", "teams")}
        {event.scenario && `; ${event.scenario}, seed ${event.seed}`}
        {event.agenda && `; ${event.agenda}`}
        {begins !== null && `; begins by itself on ${dateTime(begins)}`}
      </p>
      {event.problem && <p className="late">It did not begin at its time: {event.problem}</p>}
      <ErrorNote error={start.error} />
      <div className="actions">
        {event.role === "instructor" && event.state === "ready" && (
          <Button kind="primary" busy={start.busy} onClick={() => start.run()}>
            Begin all drills
          </Button>
        )}
        <a className="button" href="#/ranking">
          Show the ranking
        </a>
      </div>
    </>
  );
}
