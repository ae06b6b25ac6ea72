import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Choice } from "@/components/Choice";
import { ErrorNote } from "@/components/ErrorNote";
import { Lines, Pick } from "@/components/inputs";
import { useAll, useSheet } from "./useSheet";

const KINDS: Record<string, string> = {
  "went-well": "went well",
  "could-improve": "could improve",
  answer: "an answer",
};

export function Reflections({ questions }: { questions: readonly string[] }) {
  const all = useAll("reflection.written");
  const { draft, put, send } = useSheet(
    "reflection",
    "/v1/reflections",
    { kind: "went-well", text: "", question: questions[0] || "" },
    ({ kind, text, question }) => ({ kind, text, ...(kind === "answer" && { question }) }),
  );
  const kinds = Object.keys(KINDS).filter((kind) => kind !== "answer" || questions.length);
  return (
    <Card title="Reflections" className="span12" id="reflections">
      <ul className="plain">
        {all.map((one) => (
          <li className="piece" key={one.key}>
            <div>
              <Badge kind={one.kind === "could-improve" ? "warn" : "good"}>{KINDS[one.kind]}</Badge>{" "}
              {one.question && (
                <>
                  <span className="muted">{one.question}</span>{" "}
                </>
              )}
              {one.text} <span className="muted">{one.by}</span>
            </div>
          </li>
        ))}
      </ul>
      <form onSubmit={send.run}>
        <Choice
          label="Kind of reflection"
          value={draft.kind}
          of={kinds.map((kind) => [kind, KINDS[kind] ?? kind])}
          onPick={(kind) => put({ kind })}
        />
        {draft.kind === "answer" && (
          <Pick
            label="Question"
            value={draft.question}
            of={questions}
            onPick={(question) => put({ question })}
          />
        )}
        <Lines
          label="In a sentence"
          required
          rows={2}
          value={draft.text}
          onText={(text) => put({ text })}
        />
        <ErrorNote error={send.error} />
        <Button type="submit" busy={send.busy}>
          Save reflection
        </Button>
      </form>
    </Card>
  );
}
