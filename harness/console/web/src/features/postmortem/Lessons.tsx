import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { Lines, Pick } from "@/components/inputs";
import { asList, words } from "@/lib/words";
import { useAll, useSheet } from "./useSheet";

export function Lessons({
  kinds,
  lists,
}: {
  kinds: Record<string, string[]>;
  lists: readonly string[];
}) {
  const all = useAll("learning.stored");
  const { draft, put, send } = useSheet(
    "lesson",
    "/v1/learnings",
    { kind: Object.keys(kinds)[0] ?? "", fields: {} as Record<string, string> },
    ({ kind, fields }) => ({
      kind,
      fields: Object.fromEntries(
        (kinds[kind] ?? []).map((name) => [
          name,
          lists.includes(name) ? asList(fields[name] || "") : fields[name] || "",
        ]),
      ),
    }),
  );
  const field = (name: string) => (
    <Lines
      key={`${draft.kind} ${name}`}
      label={words(name)}
      hint={
        lists.includes(name) ? "One per line" : name.startsWith("confidence") ? "Such as 80%" : ""
      }
      required
      rows={1}
      value={draft.fields[name] || ""}
      onText={(text) => put({ fields: { ...draft.fields, [name]: text } })}
    />
  );
  return (
    <Card title="Lessons" className="span12" id="lessons">
      <ul className="plain">
        {all.map((one) => (
          <li className="piece" key={one.key}>
            <div>
              <Badge kind="info">{words(one.kind)}</Badge>{" "}
              {[Object.values(one.fields)[0]].flat().join("; ")}{" "}
              <span className="muted">{one.by}</span>
            </div>
          </li>
        ))}
      </ul>
      <form onSubmit={send.run}>
        <Pick
          label="Kind of lesson"
          value={draft.kind}
          of={Object.keys(kinds)}
          onPick={(kind) => put({ kind, fields: {} })}
        />
        {(kinds[draft.kind] ?? []).map(field)}
        <ErrorNote error={send.error} />
        <Button type="submit" busy={send.busy}>
          Save lesson
        </Button>
      </form>
    </Card>
  );
}
