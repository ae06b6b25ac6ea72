// The slider of a review: where it stands, and where it is a little later when it plays.

import type { DrillRecord } from "@/api/records";

export const SPEEDS = [1, 4, 16] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Range {
  begin_s: number;
  end_s: number;
}

/** The moment after so many milliseconds of playing; null once the end is reached. */
export function playedOn(atS: number, passedMs: number, speed: Speed, range: Range): number | null {
  const next = atS + (passedMs / 1000) * speed;
  return next >= range.end_s ? null : Math.max(range.begin_s, next);
}

/** What could be seen of the record at a moment; all of it at none. */
export function seenAt(
  records: readonly DrillRecord[],
  atS: number | null,
): readonly DrillRecord[] {
  if (atS === null) return records;
  return records.filter((record) => Date.parse(record.time) / 1000 <= atS);
}

/** How far into the drill a moment is, as the share of its length. */
export function shareOf(atS: number, range: Range): number {
  const length = range.end_s - range.begin_s;
  return length > 0 ? Math.min(1, Math.max(0, (atS - range.begin_s) / length)) : 1;
}
