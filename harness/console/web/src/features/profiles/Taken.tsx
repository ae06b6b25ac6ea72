// What py-spy said of a service: the flame graph with its hottest functions, and the stacks.

import { useMemo } from "react";
import type { Profile } from "@/api/schema";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { hottest, readFlame, readStacks } from "@/lib/flame";
import { percent } from "@/lib/format";
import { FlameGraph } from "./FlameGraph";

/** Hands the text to the browser as a file. */
function download(content: string, name: string) {
  const url = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

export function Graph({ profile, at }: { profile: Profile; at: string }) {
  const root = useMemo(() => readFlame(profile.content), [profile]);
  const name = `${profile.service}.speedscope.json`;
  return (
    <Card
      title={`${profile.service}: ${profile.seconds} s until ${at}`}
      id="flame"
      actions={
        <Button onClick={() => download(profile.content, name)}>Download for speedscope</Button>
      }
    >
      {root?.total ? (
        <>
          <FlameGraph root={root} />
          <p className="muted v-flame-key">
            <i className="v-flame-own" aria-hidden="true" /> the service’s own code. Click a box to
            zoom in.
          </p>
          <Hottest root={root} />
        </>
      ) : (
        <Empty>No thread did anything. To see those that wait, count them, too.</Empty>
      )}
    </Card>
  );
}

function Hottest({ root }: { root: NonNullable<ReturnType<typeof readFlame>> }) {
  return (
    <div className="scroll">
      <table className="v-flame-hot">
        <caption>Functions by their own time</caption>
        <thead>
          <tr>
            <th scope="col">function</th>
            <th scope="col" className="num">
              itself
            </th>
            <th scope="col" className="num">
              with calls
            </th>
          </tr>
        </thead>
        <tbody>
          {hottest(root).map((one) => (
            <tr key={`${one.name} ${one.place}`} className={one.isOwn ? "v-flame-mine" : ""}>
              <td>
                <code>{one.name}</code> <span className="muted">{one.place}</span>
              </td>
              <td className="num">{percent(one.self)}</td>
              <td className="num">{percent(one.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Stacks({ profile, at }: { profile: Profile; at: string }) {
  const threads = useMemo(() => readStacks(profile.content), [profile]);
  return (
    <Card title={`${profile.service}: ${threads.length} threads at ${at}`} id="stacks">
      {threads.map((thread) => (
        <details key={thread.title} open={!thread.isWaiting}>
          <summary>
            <span className="mono">{thread.title}</span>{" "}
            <Badge kind={thread.isWaiting ? "quiet" : "info"}>
              {thread.isWaiting ? "waits" : "runs"}
            </Badge>{" "}
            <span className="muted mono">{thread.calls[0]}</span>
          </summary>
          <ol className="v-stack mono">
            {thread.calls.map((call, index) => (
              <li key={index}>{call}</li>
            ))}
          </ol>
        </details>
      ))}
    </Card>
  );
}
