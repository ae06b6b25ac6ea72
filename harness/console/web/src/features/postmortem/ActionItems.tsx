import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { Lines } from "@/components/inputs";
import { words } from "@/lib/words";
import { useAll, useSheet } from "./useSheet";

export function ActionItems({ checks }: { checks: Record<string, string> }) {
  const all = useAll("action-item.added");
  const { draft, put, send } = useSheet(
    "action-item",
    "/v1/action-items",
    {
      text: "",
      owner: "",
      check: "",
    },
    (written) => written,
  );
  return (
    <Card title="Action items" className="span12" id="action-items">
      {!all.length && <Empty>No action items yet. Linked items are checked in later drills.</Empty>}
      <ul className="plain">
        {all.map((one) => (
          <li className="piece" key={one.key}>
            <div>
              {one.text} <span className="muted">{one.owner}</span>{" "}
              {one.check && <Badge kind="good">{words(one.check)}</Badge>}
            </div>
          </li>
        ))}
      </ul>
      <form onSubmit={send.run}>
        <Lines
          label="Action"
          required
          rows={2}
          value={draft.text}
          onText={(text) => put({ text })}
        />
        <div className="two">
          <Field label="Owner">
            <input
              required
              maxLength={64}
              value={draft.owner}
              onInput={(event) => put({ owner: event.currentTarget.value })}
            />
          </Field>
          <Field label="Linked check, run in later drills">
            <select
              value={draft.check}
              onChange={(event) => put({ check: event.currentTarget.value })}
            >
              <option value="">none</option>
              {Object.entries(checks).map(([id, title]) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          </Field>
        </div>
        <ErrorNote error={send.error} />
        <Button type="submit" busy={send.busy}>
          Add action item
        </Button>
      </form>
    </Card>
  );
}
