// Two versions of a text in one.

import { diff3Merge, diffComm } from "node-diff3";

/** Longer ones would hold up the page: they are kept whole, one after the other. */
const LINES_MAX = 1500;

/** What two texts have in common, in order. */
function common(mine: string[], theirs: string[]): string[] {
  return diffComm(mine, theirs).flatMap((part) => ("common" in part ? (part.common ?? []) : []));
}

function lines(mine: string[], theirs: string[], base: string[]): string[] {
  return diff3Merge(mine, base, theirs).flatMap(({ ok, conflict }) => {
    if (!conflict) return ok ?? [];
    const { a, b } = conflict;
    const shared = common(a, b);
    return shared.length ? lines(a, b, shared) : [...a, ...b];
  });
}

/**
 * Both texts in one. What one side alone changed since `base` is as that side has it; of what both
 * changed, both are kept, mine first. Without a base nothing of either is lost.
 */
export function united(mine: string, theirs: string, base?: string): string {
  const [ours, others] = [mine.split("\n"), theirs.split("\n")];
  if (ours.length > LINES_MAX || others.length > LINES_MAX) return `${theirs}\n\n${mine}`;
  return lines(ours, others, base?.split("\n") ?? common(ours, others)).join("\n");
}
