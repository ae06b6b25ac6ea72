import { scaled } from "./percents";

export interface IncidentForm {
  severity: string;
  summary: string;
  systems: string[];
  blast: string;
  users: string;
  escalate: string[];
}

export interface Priority {
  kind: string;
  text: string;
}

export interface TriageForm {
  known: string;
  unknown: string;
  later: string;
  priorities: Priority[];
}

/** A hypothesis as it is being written. */
export interface Belief {
  id: string;
  text: string;
  /** Percent. */
  probability: number;
  service: string;
  mechanism: string;
  for: string[];
  against: string[];
}

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
const union = <T>(one: readonly T[], other: readonly T[]): T[] => [...new Set([...one, ...other])];

/** Lines of both, each once: theirs first, then what only mine has. */
export function mergedLines(mine: string, theirs: string): string {
  return union(theirs.split("\n"), mine.split("\n"))
    .filter((line) => line.trim())
    .join("\n");
}

/** The next free id: h1, h2, … */
export function freshId(taken: readonly string[]): string {
  for (let number = taken.length + 1; ; number += 1)
    if (!taken.includes(`h${number}`)) return `h${number}`;
}

/** One sentence of two: whichever was changed; where both were, one after the other. */
export function mergedText(base: string, mine: string, theirs: string): string {
  if (mine === theirs || theirs === base) return mine;
  return mine === base ? theirs : [theirs, mine].filter(Boolean).join(" / ");
}

/** What two people took the incident to be. */
export function mergedIncident(
  base: IncidentForm,
  mine: IncidentForm,
  theirs: IncidentForm,
): IncidentForm {
  const changed = (key: "severity" | "users") =>
    mine[key] === base[key] ? theirs[key] : mine[key];
  return {
    severity: changed("severity"),
    users: changed("users"),
    summary: mergedText(base.summary, mine.summary, theirs.summary),
    blast: mergedText(base.blast, mine.blast, theirs.blast),
    systems: union(theirs.systems, mine.systems),
    escalate: union(theirs.escalate, mine.escalate),
  };
}

/** What two people know, do not know, and put first. */
export function mergedTriage(_: unknown, mine: TriageForm, theirs: TriageForm): TriageForm {
  const had = theirs.priorities.map((one) => one.text);
  return {
    known: mergedLines(mine.known, theirs.known),
    unknown: mergedLines(mine.unknown, theirs.unknown),
    later: mergedLines(mine.later, theirs.later),
    priorities: [...theirs.priorities, ...mine.priorities.filter((one) => !had.includes(one.text))],
  };
}

function both(before: Belief, mine: Belief, theirs: Belief): Belief {
  if (same(before, theirs)) return mine;
  if (same(before, mine)) return theirs;
  const text = mergedText(before.text, mine.text, theirs.text);
  return {
    ...theirs,
    ...mine,
    text,
    for: union(theirs.for, mine.for),
    against: union(theirs.against, mine.against),
  };
}

/**
 * Hypotheses `mine` and `theirs`, both written on `base`. What one side changed is kept, what both
 * changed is joined; what either added stays, under an id of its own. Sums to 100.
 */
export function mergedHypotheses(
  base: readonly Belief[],
  mine: readonly Belief[],
  theirs: readonly Belief[],
): Belief[] {
  const before = new Map(base.map((one) => [one.id, one]));
  const ours = new Map(mine.map((one) => [one.id, one]));
  const kept = theirs
    .filter((one) => ours.has(one.id) || !same(before.get(one.id), one))
    .map((one) => {
      const [began, own] = [before.get(one.id), ours.get(one.id)];
      return began && own ? both(began, own, one) : one;
    });
  const theirIds = new Set(theirs.map((one) => one.id));
  for (const one of mine) {
    const known = before.get(one.id);
    if (known && (theirIds.has(one.id) || same(known, one))) continue;
    if (!known && theirs.some((other) => same(other, one))) continue;
    const id = theirIds.has(one.id) ? freshId([...kept, ...mine].map((other) => other.id)) : one.id;
    kept.push({ ...one, id });
  }
  const shares = scaled(
    kept.map((one) => one.probability),
    100,
  );
  return kept.map((one, index) => ({ ...one, probability: shares[index] ?? 0 }));
}
