import type { SyntheticEvent } from "react";
import { useState } from "react";
import type { EventAnswer } from "@/api/hub-schema";
import { useAct } from "@/api/useAct";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { hub } from "./hubApi";

/** A message to all teams of an event, or to one. */
export function EventMessage({ event }: { event: EventAnswer }) {
  const [team, setTeam] = useState("");
  const [text, setText] = useState("");
  const [said, setSaid] = useState("");
  const send = useAct(async (submitted: SyntheticEvent) => {
    submitted.preventDefault();
    const { teams } = await hub.tellEvent(event.id, { text, team });
    const failed = teams.filter(({ problem }) => problem);
    setSaid(
      failed.length
        ? failed.map((one) => `${one.team}: ${one.problem}`).join("; ")
        : `Told ${teams.map((one) => one.team).join(", ")}`,
    );
    if (!failed.length) setText("");
  });
  return (
    <Card title="Message" className="span6" id="message">
      <form onSubmit={send.run} aria-labelledby="message">
        <Field label="To">
          <select value={team} onChange={(change) => setTeam(change.currentTarget.value)}>
            <option value="">all teams</option>
            {event.teams.map((one) => (
              <option key={one.team_id} value={one.team}>
                {one.team}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Text">
          <textarea
            required
            rows={3}
            value={text}
            onInput={(change) => setText(change.currentTarget.value)}
          />
        </Field>
        <ErrorNote error={send.error} />
        <p role="status" className="muted">
          {said}
        </p>
        <div className="actions">
          <Button type="submit" busy={send.busy}>
            Send
          </Button>
        </div>
      </form>
    </Card>
  );
}
