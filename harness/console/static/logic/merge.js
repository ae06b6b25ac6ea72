// Two people's versions of one thing, put together so that neither loses what they wrote.

import { scaled } from "./percents.js";

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const union = (one, other) => [...new Set([...one, ...other])];

/** Lines of both, each once: theirs first, then what only mine has. */
export function mergedLines(mine, theirs) {
  return union(theirs.split("\n"), mine.split("\n")).filter((line) => line.trim()).join("\n");
}

/** The next free id: h1, h2, … */
export function freshId(taken) {
  for (let number = taken.length + 1; ; number += 1) if (!taken.includes(`h${number}`)) return `h${number}`;
}

/** One sentence of two: whichever was changed; where both were, one after the other. */
export function mergedText(base, mine, theirs) {
  if (mine === theirs || theirs === base) return mine;
  return mine === base ? theirs : [theirs, mine].filter(Boolean).join(" / ");
}

/** What two people took the incident to be. */
export function mergedIncident(base, mine, theirs) {
  const changed = (key) => (mine[key] === base[key] ? theirs[key] : mine[key]);
  return {
    severity: changed("severity"), users: changed("users"),
    summary: mergedText(base.summary, mine.summary, theirs.summary),
    blast: mergedText(base.blast, mine.blast, theirs.blast),
    systems: union(theirs.systems, mine.systems), escalate: union(theirs.escalate, mine.escalate),
  };
}

/** What two people know, do not know, and put first. */
export function mergedTriage(_, mine, theirs) {
  const had = theirs.priorities.map((one) => one.text);
  return {
    known: mergedLines(mine.known, theirs.known), unknown: mergedLines(mine.unknown, theirs.unknown),
    later: mergedLines(mine.later, theirs.later),
    priorities: [...theirs.priorities, ...mine.priorities.filter((one) => !had.includes(one.text))],
  };
}

function both(before, mine, theirs) {
  if (!before || same(before, theirs)) return mine;
  if (same(before, mine)) return theirs;
  const text = mergedText(before.text, mine.text, theirs.text);
  return {
    ...theirs, ...mine, text,
    for: union(theirs.for, mine.for), against: union(theirs.against, mine.against),
  };
}

/**
 * Hypotheses `mine` and `theirs`, both written on `base`. What one side changed is kept, what both
 * changed is joined; what either added stays, under an id of its own. Sums to 100.
 */
export function mergedHypotheses(base, mine, theirs) {
  const before = new Map(base.map((one) => [one.id, one]));
  const ours = new Map(mine.map((one) => [one.id, one]));
  const kept = theirs
    .filter((one) => ours.has(one.id) || !same(before.get(one.id), one))
    .map((one) => (ours.has(one.id) && before.has(one.id) ? both(before.get(one.id), ours.get(one.id), one) : one));
  const theirIds = new Set(theirs.map((one) => one.id));
  for (const one of mine) {
    const known = before.get(one.id);
    if (known && (theirIds.has(one.id) || same(known, one))) continue;
    if (!known && theirs.some((other) => same(other, one))) continue;
    const id = theirIds.has(one.id) ? freshId([...kept, ...mine].map((other) => other.id)) : one.id;
    kept.push({ ...one, id });
  }
  const shares = scaled(kept.map((one) => one.probability), 100);
  return kept.map((one, index) => ({ ...one, probability: shares[index] }));
}
