// What a declared cause stands on.

interface Cause {
  service: string;
  mechanism: string;
  probability: number;
}

const NO_FAULT = "no-fault";

/**
 * The hypothesis that says what is declared, the likeliest where several do; null where none does.
 * That nothing is wrong is said of no service in particular.
 */
export function hypothesisFor<H extends Cause>(
  list: readonly H[],
  service: string,
  mechanism: string,
): H | null {
  const says = (one: H) =>
    one.mechanism === mechanism && (one.service === service || mechanism === NO_FAULT);
  const found = mechanism ? list.filter(says) : [];
  return found.toSorted((one, other) => other.probability - one.probability)[0] || null;
}
