import { useState } from "react";
import { api } from "@/api/client";
import type { Problem } from "@/api/problems";
import { problemOf } from "@/api/problems";
import type { BodyOf, PostPath } from "@/api/routes";
import { ErrorNote } from "./ErrorNote";

export interface Run {
  state: "running" | "done" | "failed";
  title: string;
  said: string[];
  error: Problem | null;
}

export type Start = <P extends PostPath>(
  path: P,
  body: BodyOf<P>,
  title: string,
) => Promise<boolean>;

/** `start(path, body)` runs it and returns whether it succeeded; `run` is what it has come to. */
export function useRun() {
  const [run, setRun] = useState<Run | null>(null);
  const start: Start = async (path, body, title) => {
    const said: string[] = [];
    const show = (state: Run["state"], error: Problem | null = null) =>
      setRun({ state, title, said: [...said], error });
    show("running");
    try {
      await api.run(path, body, (text) => {
        said.push(text);
        show("running");
      });
      show("done");
      return true;
    } catch (error) {
      show("failed", problemOf(error));
      return false;
    }
  };
  return { run, isBusy: run?.state === "running", start };
}

export function Progress({ run }: { run: Run | null }) {
  if (!run) return null;
  return (
    <div className="v-progress v-wide" role="status">
      <ol>
        {run.said.map((text, index) => (
          <li key={index}>{text}</li>
        ))}
      </ol>
      {run.state === "done" && <p className="v-good">✓ {run.title}: done</p>}
      {run.state === "failed" && <ErrorNote error={run.error} />}
    </div>
  );
}
