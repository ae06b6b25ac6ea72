import { useState } from "react";
import type { Choices } from "@/api/types";
import { usePoll } from "@/api/usePoll";
import { Badge } from "@/components/Badge";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Markdown } from "@/components/Markdown";
import { clock } from "@/lib/format";

export function Channel({ choices }: { choices: Choices }) {
  const told = usePoll("/v1/messages");
  const [reader, setReader] = useState<Choices["channels"][number]>("internal");
  const { data, error } = usePoll("/v1/updates", 0, { reader });
  return (
    <Card
      title="Channel"
      className="span12"
      id="channel"
      actions={
        <select
          aria-label="Audience of the channel"
          value={reader}
          onChange={(event) => {
            const chosen = choices.channels[event.currentTarget.selectedIndex];
            if (chosen) setReader(chosen);
          }}
        >
          {choices.channels.map((one) => (
            <option key={one} value={one}>
              {one} view
            </option>
          ))}
        </select>
      }
    >
      <ErrorNote error={error ?? told.error} />
      {told.data?.map((one) => (
        <div className="note warn" key={one.seq}>
          <strong>{one.sender}</strong>
          {one.to && <span className="muted"> to {one.to} alone</span>}: {one.text}
        </div>
      ))}
      {data && !data.length && <Empty>No updates yet.</Empty>}
      {[...(data || [])].toReversed().map((one) => (
        <article className="said" key={one.at}>
          <header>
            <Badge kind="info">{one.status}</Badge> <time className="muted">{clock(one.at)}</time>{" "}
            <span className="muted">for {one.readers}</span>
          </header>
          <Markdown text={one.text} />
        </article>
      ))}
    </Card>
  );
}
