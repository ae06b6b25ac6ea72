// What a declared cause stands on.

const NO_FAULT = "no-fault";

/**
 * The hypothesis that says what is declared, the likeliest where several do; null where none does.
 * That nothing is wrong is said of no service in particular.
 */
export function hypothesisFor(list, service, mechanism) {
  const says = (one) => one.mechanism === mechanism && (one.service === service || mechanism === NO_FAULT);
  const found = mechanism ? list.filter(says) : [];
  return found.sort((one, other) => other.probability - one.probability)[0] || null;
}
