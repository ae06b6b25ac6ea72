// The lines of the rubric that only a person can grade.

import type { SyntheticEvent } from "react";
import { useState } from "react";
import { api } from "@/api/client";
import type { ScoreLine } from "@/api/scoring";
import { useAct } from "@/api/useAct";
import { usePoll } from "@/api/usePoll";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";

type GradedLine = ScoreLine & { section: string };

const EVERY_MS = 10000;
const OPEN = "for the instructor";

/** Lines that wait for the instructor, and those that were graded already. */
export function RubricGrading() {
  const { data, error, again } = usePoll("/v1/score", EVERY_MS);
  const [all, setAll] = useState(false);
  const lines = (data?.sections || []).flatMap((section) =>
    section.lines.map((line) => ({ ...line, section: section.title })),
  );
  const shown = all ? lines : lines.filter((line) => line.verdict === OPEN);
  return (
    <Card
      title="Grade the rubric"
      className="span12"
      id="judge"
      actions={
        <label className="tick">
          <input
            type="checkbox"
            checked={all}
            onChange={(event) => setAll(event.currentTarget.checked)}
          />{" "}
          show all lines
        </label>
      }
    >
      {data && (
        <p className="muted">
          {data.total} of {data.total_max} points so far; {data.open_points} not graded yet
          {data.hint_points ? `, ${data.hint_points} deducted for hints` : ""}.
        </p>
      )}
      {data && !shown.length && <Empty>Nothing to grade.</Empty>}
      <ul className="plain">
        {shown.map((line) => (
          <Line key={line.line} line={line} onGraded={again} />
        ))}
      </ul>
      <ErrorNote error={error} />
    </Card>
  );
}

function Line({ line, onGraded }: { line: GradedLine; onGraded: () => void }) {
  const [points, setPoints] = useState(String(line.points));
  const [note, setNote] = useState("");
  const grade = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await api.post("/v1/instructor/judge", { line: line.line, points: Number(points), note });
    onGraded();
  });
  return (
    <li className="piece">
      <div>
        <span className="muted">{line.section}</span>
        <div>{line.text}</div>
        <div className="muted">
          <Badge kind={line.verdict === OPEN ? "warn" : "quiet"}>{line.verdict}</Badge>{" "}
          {line.because}
        </div>
        <ErrorNote error={grade.error} />
      </div>
      <form className="actions" onSubmit={grade.run}>
        <input
          className="narrow"
          type="number"
          min="0"
          max={line.points_max}
          required
          aria-label={`Points for: ${line.text}`}
          value={points}
          onInput={(event) => setPoints(event.currentTarget.value)}
        />{" "}
        of {line.points_max}
        <input
          className="medium"
          aria-label={`Reason for: ${line.text}`}
          placeholder="Reason"
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
        <Button type="submit" busy={grade.busy}>
          Grade
        </Button>
      </form>
    </li>
  );
}
