import { useState } from "react";
import { api } from "@/api/client";
import type { Answer as AnswerData } from "@/api/types";
import { useAct } from "@/api/useAct";
import { useLive } from "@/api/useLive";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";

export function Hints({ given, hints }: { given: readonly string[]; hints: readonly string[] }) {
  const give = useAct(() => api.post("/v1/instructor/hint"));
  const next = hints[given.length];
  return (
    <Card
      title="Hints"
      className="span12"
      id="hints"
      actions={
        <Button busy={give.busy} disabled={!next} onClick={() => give.run()}>
          Give next hint
        </Button>
      }
    >
      <p className="muted">
        Each hint costs the team points. {given.length} of {hints.length} given.
      </p>
      {next && (
        <details>
          <summary>Next hint</summary>
          <p>{next}</p>
        </details>
      )}
      <ErrorNote error={give.error} />
    </Card>
  );
}

export function Answer({ answer }: { answer: AnswerData }) {
  const [sure, setSure] = useState(false);
  const { records } = useLive();
  const revealed = records.some((one) => one.type === "answer.revealed");
  const reveal = useAct(() => api.post("/v1/instructor/reveal"));
  return (
    <Card title="Answer" className="span12" id="answer">
      <details>
        <summary>Show the answer on this screen</summary>
        <p className="muted">
          {answer.scenario}, seed {answer.seed}
        </p>
        {!answer.faults.length && <p>This drill has no fault.</p>}
        {answer.faults.map((one) => (
          <p key={one.id}>
            <strong>{one.title}</strong>
            <br />
            {one.service}: {one.mechanism}, <code>{one.locus}</code>
          </p>
        ))}
      </details>
      {revealed ? (
        <p>
          <Badge kind="info">revealed</Badge> The team can see the answer, and the seal is open.
        </p>
      ) : (
        <>
          <label className="field">
            <input
              type="checkbox"
              checked={sure}
              onChange={(event) => setSure(event.currentTarget.checked)}
            />{" "}
            The exercise is over; show the answer to everybody
          </label>
          <Button kind="danger" busy={reveal.busy} disabled={!sure} onClick={() => reveal.run()}>
            Reveal the answer
          </Button>
        </>
      )}
      {reveal.error && <ErrorNote error={reveal.error} />}
    </Card>
  );
}
