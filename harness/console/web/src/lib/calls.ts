// What calls a person: which events somebody has to have seen, and where what they tell of is.

import type { DrillRecord, RecordType } from "@/api/records";
import type { PageSent } from "@/api/types";
import { href } from "./address";

/** The events that call, and the view that each belongs to. What they say is `label` and `text`. */
const CALLING: Partial<Record<RecordType, { view: string; href: string }>> = {
  "page.sent": { view: "now", href: href("now", { at: "incident-now" }) },
  "inject.delivered": { view: "comms", href: href("comms", { at: "channel" }) },
  "person.messaged": { view: "comms", href: href("comms", { at: "channel" }) },
  "hint.taken": { view: "timeline", href: href("timeline") },
  "phase.changed": { view: "timeline", href: href("timeline") },
  "cause.confirmed": { view: "diagnosis", href: href("diagnosis", { at: "declare" }) },
  "answer.revealed": { view: "score", href: href("score") },
};

export interface Call {
  seq: number;
  record: DrillRecord;
  view: string;
  href: string;
}

/** What calls, oldest first: everything after `seen`; of pages only those that nobody has taken. */
export function callsOf(
  records: readonly DrillRecord[],
  pages: readonly Pick<PageSent, "page_id" | "acknowledged_by">[],
  seen: number,
): Call[] {
  const taken = new Set(pages.filter((one) => one.acknowledged_by).map((one) => one.page_id));
  return records.flatMap((record) => {
    const calling = CALLING[record.type];
    const seq = Number(record.id);
    if (!calling || seq <= seen) return [];
    if (record.type === "page.sent" && taken.has(record.data.page_id)) return [];
    return [{ seq, record, ...calling }];
  });
}

/**
 * Up to which event somebody who opens the console for the first time has nothing to catch up on:
 * all that has been, but for pages that wait and whatever came after the first of them.
 */
export function seenAtFirst(
  records: readonly DrillRecord[],
  pages: readonly Pick<PageSent, "page_id" | "acknowledged_by">[],
): number {
  const waiting = new Set(pages.filter((one) => !one.acknowledged_by).map((one) => one.page_id));
  const first = records.find((one) => one.type === "page.sent" && waiting.has(one.data.page_id));
  return first ? Number(first.id) - 1 : Number(records.at(-1)?.id ?? 0);
}

/** How much calls in each view: pages that nobody took, seen or not, and the rest. */
export function countsOf(calls: readonly Call[], openPages: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { record, view } of calls)
    if (record.type !== "page.sent") counts.set(view, (counts.get(view) ?? 0) + 1);
  if (openPages > 0) counts.set("now", openPages);
  return counts;
}
