// What changed in the shop and in what the team knows of it, for the short list beside the map.

import type { DrillRecord } from "@/api/records";
import type { Deploy, Tone } from "@/api/types";

export interface Change {
  id: string;
  time: string;
  label: string;
  tone: Tone | "";
  text: string;
}

interface FoldedChange extends Change {
  same: string;
  count: number;
}

/** The same again, right after itself, is counted and not repeated. */
function foldedInto(found: FoldedChange[], one: Change): FoldedChange[] {
  const last = found.at(-1);
  if (last?.label !== one.label || last.same !== one.text)
    return [...found, { ...one, same: one.text, count: 1 }];
  const count = last.count + 1;
  return [
    ...found.slice(0, -1),
    { ...last, time: one.time, count, text: `${one.text} (${count} times)` },
  ];
}

const CHANGES = new Set([
  "deploy.started",
  "deploy.failed",
  "flag.switched",
  "alert.fired",
  "alert.resolved",
  "note.added",
  "diagnosis.declared",
  "verify.finished",
  "inject.delivered",
  "update.posted",
  "hint.taken",
  "phase.changed",
  "cause.confirmed",
  "answer.revealed",
]);

/** What changed, oldest first: releases from before the drill, then what the record says. */
export function changesOf(records: readonly DrillRecord[], deploys: readonly Deploy[]): Change[] {
  const first = records[0] ? Date.parse(records[0].time) : Date.now();
  const before: Change[] = deploys
    .filter((one) => Date.parse(one.at) < first && one.version_from)
    .map((one) => ({
      id: one.deploy_id,
      time: one.at,
      label: "release",
      tone: "info",
      text: `${one.service} ${one.version_from} → ${one.version_to}: ${one.summary} by ${one.by}`,
    }));
  return [
    ...before,
    ...records.filter((one) => CHANGES.has(one.type)).reduce<FoldedChange[]>(foldedInto, []),
  ];
}
