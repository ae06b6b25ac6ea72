import { useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Clash } from "@/components/Clash";
import { Dialog } from "@/components/Dialog";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Links } from "@/components/Links";
import { Loading } from "@/components/Loading";
import { Markdown } from "@/components/Markdown";
import { toast } from "@/components/Toast";
import type { Run } from "@/components/run";
import { Progress } from "@/components/run";

const TONES = ["good", "warn", "bad", "info", "quiet"] as const;
const LINKS = ["promql:up @07:34..07:37", "trace:ab12", "commit:9d3e1f0", "log:4711", "alert:Slow"];
const TEXT =
  "A **bold** word, `code`, a [link](https://example.com)\n\n| a | b |\n|---|---|\n| 1 | 2 |";
const problem = Object.assign(new Error("payments is not deployed"), { hint: "Choose another." });
const run = (state: Run["state"], error: Run["error"] = null): Run => ({
  state,
  title: "Roll back payments",
  said: ["1. rolling back", "2. starting 3.0.4"],
  error,
});
const nothing = () => undefined;

/** A text that Bo saved while it was being written. */
const shared = {
  value: "mine",
  set: nothing,
  save: () => Promise.resolve(),
  discard: nothing,
  isDraft: true,
  base: "ours",
  clash: { by: "Bo", value: "theirs" },
  settle: nothing,
};

export function Said() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Card
      title="What is said"
      id="said"
      actions={<Button kind="quiet">An action of a card</Button>}
    >
      <h3>A badge in every state</h3>
      <div className="chips">
        {TONES.map((kind) => (
          <Badge key={kind} kind={kind}>
            {kind}
          </Badge>
        ))}
      </div>
      <h3>Notes</h3>
      {TONES.slice(0, 3).map((kind) => (
        <p key={kind} className={`note ${kind}`}>
          A note that is {kind}
        </p>
      ))}
      <ErrorNote error={problem} />
      <Clash shared={shared} merge={(_, mine) => mine}>
        <p>{shared.clash.value}</p>
      </Clash>
      <h3>Nothing yet</h3>
      <Loading what="Loading the lines" />
      <Empty>No pages yet.</Empty>
      <h3>A long operation</h3>
      <Progress run={run("running")} />
      <Progress run={run("done")} />
      <Progress run={run("failed", problem)} />
      <h3>Links to evidence</h3>
      <Links links={LINKS} label="Evidence" />
      <Links links={LINKS} label="Evidence that can be taken away" onRemove={nothing} />
      <h3>Markdown</h3>
      <Markdown text={TEXT} />
      <h3>Over the page</h3>
      <div className="actions">
        <Button onClick={() => setOpen(true)}>Dialog</Button>
        <Button onClick={() => toast("Saved")}>Toast</Button>
        <Button onClick={() => toast("The drill does not answer.", "bad")}>Bad toast</Button>
      </div>
      {isOpen && (
        <Dialog label="A dialog" close={() => setOpen(false)}>
          <h2>A dialog</h2>
          <Button onClick={() => setOpen(false)}>Close</Button>
        </Dialog>
      )}
    </Card>
  );
}
