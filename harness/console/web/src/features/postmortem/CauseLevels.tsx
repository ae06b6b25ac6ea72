import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Choice } from "@/components/Choice";
import { ErrorNote } from "@/components/ErrorNote";
import { Lines, Percent } from "@/components/inputs";
import { useAll, useSheet } from "./useSheet";

const LEVELS: Record<string, string> = {
  surface: "surface: what broke",
  deeper: "deeper: what allowed it",
  deepest: "deepest: why that was possible",
};

export function Causes({ levels }: { levels: readonly string[] }) {
  const all = useAll("cause.analysed");
  const { draft, put, send } = useSheet(
    "cause",
    "/v1/causes",
    {
      level: levels[0] ?? "",
      text: "",
      confidence: 80,
    },
    (written) => written,
  );
  return (
    <Card title="Root cause analysis" className="span12" id="levels">
      <ul className="plain">
        {all.map((one) => (
          <li className="piece" key={one.key}>
            <div>
              <Badge kind="info">{one.level}</Badge> {one.text}{" "}
              <span className="muted">
                {one.confidence_percent} % sure, {one.by}
              </span>
            </div>
          </li>
        ))}
      </ul>
      <form onSubmit={send.run}>
        <Choice
          label="Level"
          value={draft.level}
          of={levels.map((level) => [level, LEVELS[level] ?? level])}
          onPick={(level) => put({ level })}
        />
        <Lines
          label="Cause at this level"
          required
          rows={2}
          value={draft.text}
          onText={(text) => put({ text })}
        />
        <div className="field">
          <span className="label">Confidence</span>
          <Percent
            label="Confidence in this cause"
            value={draft.confidence}
            onNumber={(confidence) => put({ confidence })}
          />
        </div>
        <ErrorNote error={send.error} />
        <Button type="submit" busy={send.busy}>
          Add cause
        </Button>
      </form>
    </Card>
  );
}
