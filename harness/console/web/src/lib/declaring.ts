// What a declared cause stands on.

import type { Belief } from "./merge";

export type Side = "for" | "against";

interface Cause {
  service: string;
  mechanism: string;
  probability: number;
}

const NO_FAULT = "no-fault";

/**
 * The hypothesis that says what is declared, the likeliest where several do; null where none does.
 * One that names half of it and leaves the rest open comes next: it says nothing else. That nothing is
 * wrong is said of no service in particular.
 */
export function hypothesisFor<H extends Cause>(
  list: readonly H[],
  service: string,
  mechanism: string,
): H | null {
  const named = (one: H) =>
    Number(one.service === service || mechanism === NO_FAULT) + Number(one.mechanism === mechanism);
  const fits = (one: H) =>
    (one.mechanism === mechanism && (mechanism === NO_FAULT || one.service === service)) ||
    (one.mechanism === mechanism && !one.service) ||
    (one.service === service && !one.mechanism);
  const found = mechanism ? list.filter(fits) : [];
  return (
    found.toSorted(
      (one, other) => named(other) - named(one) || other.probability - one.probability,
    )[0] ?? null
  );
}

/** The hypotheses with a link laid for or against one of them, where it lies once. */
export function laid(list: readonly Belief[], id: string, side: Side, link: string): Belief[] {
  return list.map((one) =>
    one.id === id && !one[side].includes(link) ? { ...one, [side]: [...one[side], link] } : one,
  );
}

/** Whether they can be saved as they are: each says something. */
export const isComplete = (list: readonly Belief[]): boolean =>
  list.length > 0 && list.every((one) => one.text.trim() !== "");

/** What a declaration stands on: what lies for its hypothesis, and what was picked up and not laid. */
export function evidenceOf(
  from: Pick<Belief, "for" | "against"> | null | undefined,
  basket: readonly { link: string }[],
  dropped: readonly string[],
): string[] {
  const links = [...(from?.for ?? []), ...basket.map((one) => one.link)];
  return [...new Set(links)].filter(
    (link) => !dropped.includes(link) && !from?.against.includes(link),
  );
}
