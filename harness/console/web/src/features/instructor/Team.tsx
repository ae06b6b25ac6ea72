// The team at a glance: what somebody at the side of the room wants to know without asking.

import { useDrill } from "@/api/useLive";
import { useNewest } from "@/api/useNewest";
import { usePoll } from "@/api/usePoll";
import { Card } from "@/components/Card";
import { fromPage, money, percent, plain, stopwatch } from "@/lib/format";
import { words } from "@/lib/words";

const PLAN_MS = 2000;
const ACTS: ReadonlySet<string> = new Set(["rollback", "restart", "hotfix"]);

export function Team() {
  const { status, records } = useDrill();
  const { pages, impact } = status;
  const taken = pages.filter((page) => page.acknowledged_by);
  const believed = useNewest("hypotheses.revised")?.data.hypotheses ?? [];
  const leading = believed.toSorted((a, b) => b.probability_percent - a.probability_percent)[0];
  const act = records.findLast(
    (one) =>
      one.type === "flag.switched" ||
      (one.type === "deploy.started" && one.data.by !== "runtime" && ACTS.has(one.data.kind)),
  );
  const update = records.findLast((one) => one.type === "update.posted");
  const { data: plan } = usePoll("/v1/instructor/plan", PLAN_MS);
  const next = plan?.find((one) => one.due_s !== null && !one.delivered);
  const facts: readonly (readonly [string, string])[] = [
    ["Pages", pages.length ? `${taken.length} of ${pages.length} acknowledged` : "none yet"],
    [
      "Customer impact",
      impact
        ? `${percent(impact.success_ratio, 0)} succeed, ${plain(impact.users_affected, 0)} users affected, ${money(impact.revenue_lost, 0)} lost`
        : "not measured yet",
    ],
    [
      "Leading hypothesis",
      leading ? `${leading.probability_percent} %: ${leading.text}` : "none written yet",
    ],
    [
      "Last act on the shop",
      act ? `${fromPage(act, pages)} ${act.label}: ${act.text}` : "none yet",
    ],
    [
      "Last update",
      update
        ? `${fromPage(update, pages)} ${update.data.status}: ${update.data.current_state}`
        : "none yet",
    ],
    [
      "Next message",
      next
        ? `in ${stopwatch(next.due_s)}: ${next.sender}, ${words(next.kind)}`
        : "none that comes by itself soon",
    ],
  ];
  return (
    <Card title="The team" className="span12" id="team">
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="muted">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
