import { useState } from "react";
import { api } from "@/api/client";
import type { RecordOf } from "@/api/records";
import type { Answer, Judged, PageSent } from "@/api/types";
import type { Act } from "@/api/useAct";
import { useAct } from "@/api/useAct";
import { useDrill } from "@/api/useLive";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { fromPage } from "@/lib/format";

interface DeclaredProps {
  record: RecordOf<"diagnosis.declared">;
  pages: readonly PageSent[];
  standing: string;
  word: boolean | undefined;
  confirm: Act<[string, boolean], void>;
}

/** How a declaration stands to the answer and to what opens the way for AI; "" before it is known. */
function standing(judged: Judged | undefined, least: number): string {
  if (!judged) return "";
  const evidence =
    judged.evidence < least
      ? `${judged.evidence} of ${least} required links to evidence`
      : `${judged.evidence} links to evidence`;
  return `${judged.right ? "matches the answer" : "does not match the answer"}; ${evidence}`;
}

export function Causes({ answer }: { answer: Answer }) {
  const { records, status } = useDrill();
  const [note, setNote] = useState("");
  const declared = records.filter((one) => one.type === "diagnosis.declared");
  const said = new Map(
    records
      .filter((one) => one.type === "cause.confirmed")
      .map((one) => [String(one.data.diagnosis_seq), one.data.right]),
  );
  const judged = new Map(answer.declared.map((one) => [String(one.seq), one]));
  const confirm = useAct(async (id: string, right: boolean) => {
    await api.post("/v1/instructor/confirm", { right, note, diagnosis_seq: Number(id) });
    setNote("");
  });
  return (
    <Card title="Diagnoses" className="span12" id="causes">
      {!declared.length && <Empty>No diagnosis yet.</Empty>}
      <ul className="plain">
        {declared.map((one) => (
          <Declared
            key={one.id}
            record={one}
            pages={status.pages}
            standing={standing(judged.get(one.id), answer.evidence_min)}
            word={said.get(one.id)}
            confirm={confirm}
          />
        ))}
      </ul>
      {declared.length > 0 && (
        <input
          aria-label="Comment"
          placeholder="Comment (the team reads it)"
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      )}
      <ErrorNote error={confirm.error} />
    </Card>
  );
}

/** The last word counts, so the other one can still be said: a slip of the hand can be taken back. */
function Declared({ record, pages, standing: stands, word, confirm }: DeclaredProps) {
  const { data } = record;
  const say = (right: boolean, text: string, kind: string) => (
    <Button
      kind={kind}
      busy={confirm.busy}
      disabled={word === right}
      aria-pressed={word === right}
      onClick={() => confirm.run(record.id, right)}
    >
      {text}
    </Button>
  );
  return (
    <li className="piece">
      <div>
        <time className="muted">{fromPage(record, pages)}</time>{" "}
        <strong>
          {data.service}: {data.mechanism}
        </strong>
        , {data.confidence_percent} % sure, by {data.by}
        <div>{data.note}</div>
        <div className="muted">{stands}</div>
      </div>
      <div className="actions">
        {word !== undefined && (
          <Badge kind={word ? "good" : "bad"}>{word ? "confirmed" : "rejected"}</Badge>
        )}
        {say(true, "Confirm", word === undefined ? "primary" : "")}
        {say(false, "Reject", "")}
      </div>
    </li>
  );
}
