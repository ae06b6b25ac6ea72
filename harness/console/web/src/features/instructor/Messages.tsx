// What the team is told: in one's own words, and what the agenda has, the next one first.

import type { SyntheticEvent } from "react";
import { useState } from "react";
import { api } from "@/api/client";
import type { PlannedMessage } from "@/api/types";
import { useAct } from "@/api/useAct";
import { useDrill } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { Lines } from "@/components/inputs";
import { toast } from "@/components/Toast";
import { stopwatch } from "@/lib/format";
import { words } from "@/lib/words";

const EVERY_MS = 2000;

export function Messages() {
  const { data, error } = usePoll("/v1/instructor/plan", EVERY_MS);
  const send = useAct(async (one: PlannedMessage) => {
    await api.post("/v1/instructor/messages", { id: one.id });
    void toast(`Sent: ${one.sender}, ${words(one.kind)}`);
  });
  return (
    <Card title="Messages" className="span12" id="messages">
      <Own />
      {data && !data.length && <Empty>This agenda has no messages.</Empty>}
      <ul className="plain">
        {(data || []).map((one) => (
          <li className="piece" key={one.id}>
            <div>
              <strong>{one.sender}</strong>{" "}
              <span className="muted">
                {words(one.kind)}, {one.when}
              </span>
              <div>{one.text}</div>
            </div>
            <div className="actions">
              {one.due_s !== null && (
                <span className="figure" title="Time of the agenda until it comes by itself">
                  in {stopwatch(one.due_s)}
                </span>
              )}
              {one.delivered ? (
                <Badge kind="quiet">sent</Badge>
              ) : (
                <Button
                  busy={send.busy}
                  onClick={() => send.run(one)}
                  aria-label={`Send now: ${one.sender}, ${words(one.kind)}`}
                >
                  Send now
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      <ErrorNote error={send.error || error} />
    </Card>
  );
}

function Own() {
  const { roles } = useDrill().status.exercise;
  const people = [...new Set(Object.values(roles).flat())];
  const [text, setText] = useState("");
  const [to, setTo] = useState("");
  const say = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await api.post("/v1/instructor/say", { text, to });
    setText("");
    void toast(to ? `Sent to ${to} alone` : "Sent to everybody");
  });
  return (
    <form onSubmit={say.run}>
      <Lines label="Your own message" required rows={2} value={text} onText={setText} />
      <div className="two">
        <Field label="For">
          <select value={to} onChange={(event) => setTo(event.currentTarget.value)}>
            <option value="">everybody</option>
            {people.map((one) => (
              <option key={one} value={one}>
                {one} alone
              </option>
            ))}
          </select>
        </Field>
        <div className="actions">
          <Button type="submit" busy={say.busy} disabled={!text.trim()}>
            Send message
          </Button>
        </div>
      </div>
      <ErrorNote error={say.error} />
    </form>
  );
}
