import { useMemo } from "react";
import type { DrillRecord } from "@/api/records";
import { useDrill } from "@/api/useLive";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { fromPage } from "@/lib/format";

/** Who is here, and what each did last, for the people who read over a shoulder. */
export function People({ roles }: { roles: Record<string, string[]> }) {
  const { records, status } = useDrill();
  const last = useMemo(() => {
    const found = new Map<string, DrillRecord>();
    for (const one of records) if (one.label) found.set(one.actor, one);
    return found;
  }, [records]);
  const people = new Map<string, string[]>();
  for (const [role, held] of Object.entries(roles))
    for (const person of held) people.set(person, [...(people.get(person) || []), role]);
  return (
    <Card title="People" className="span12" id="people">
      {!people.size && <Empty>Nobody has taken a role yet.</Empty>}
      <ul className="plain">
        {[...people].map(([person, held]) => {
          const seen = last.get(person);
          return (
            <li className="piece" key={person}>
              <div>
                <strong>{person}</strong> <span className="muted">{held.join(", ")}</span>
              </div>
              <div className="muted">
                {seen
                  ? `${fromPage(seen, status.pages)} ${seen.label}: ${seen.text}`
                  : "no activity yet"}
              </div>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
