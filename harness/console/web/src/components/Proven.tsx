// What the matrix found of a scenario on this machine, in words.

import type { PickableScenario } from "@/api/schema";
import type { Proof as ScenarioProof } from "@/api/types";
import { Badge } from "@/components/Badge";
import { seconds } from "@/lib/format";
import { confidence } from "@/lib/picking";

/** How sure it is to work, and how hard it is. */
export function Confidence({ scenario }: { scenario: PickableScenario }) {
  const [tone, word] = confidence(scenario.proof);
  return (
    <>
      <Badge kind={tone}>{word}</Badge>
      {scenario.difficulty && <div className="muted">{scenario.difficulty}</div>}
    </>
  );
}

/** Each thing that was tried, and what fell short. */
export function Results({ proof }: { proof: ScenarioProof | null }) {
  if (!proof) return null;
  return (
    <>
      {told(proof)}
      {proof.shortfalls.map((text) => (
        <div className="v-bad" key={text}>
          {text}
        </div>
      ))}
    </>
  );
}

const tried = (value: boolean | null, yes: string, no: string): string | null =>
  value === null ? null : value ? `✓ ${yes}` : `✕ ${no}`;

function told({
  page_s: page,
  found,
  rollback,
  fix,
  cheats,
  cheats_rejected: rejected,
}: ScenarioProof): string {
  return [
    page === null ? "does not page" : `page after ${seconds(page)}`,
    tried(found, "evidence found", "evidence missing"),
    tried(rollback, "rollback fixes it", "rollback does not fix it"),
    tried(fix, "code fix works", "code fix does not work"),
    cheats ? `${rejected === cheats ? "✓" : "✕"} ${rejected} of ${cheats} cheats rejected` : null,
  ]
    .filter(Boolean)
    .join(" · ");
}
