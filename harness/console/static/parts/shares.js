// Probabilities that always sum to 100.

/** `shares` with entry `index` set to `value`; the others keep their proportions. */
export function rebalanced(shares, index, value) {
  if (shares.length === 1) return [100];
  const wanted = Math.max(0, Math.min(100, Math.round(value)));
  const rest = 100 - wanted;
  const others = shares.map((share, at) => (at === index ? 0 : share));
  const sum = others.reduce((total, share) => total + share, 0);
  const exact = others.map((share, at) => {
    if (at === index) return 0;
    return sum > 0 ? (share / sum) * rest : rest / (shares.length - 1);
  });
  return rounded(exact, rest, index).map((share, at) => (at === index ? wanted : share));
}

/** Whole numbers near `exact` that sum to `total`: the largest remainders are rounded up. */
function rounded(exact, total, except) {
  const floor = exact.map(Math.floor);
  let left = total - floor.reduce((sum, share) => sum + share, 0);
  const order = exact.map((share, at) => [share - Math.floor(share), at])
    .filter(([, at]) => at !== except).sort((one, other) => other[0] - one[0]);
  for (const [, at] of order) {
    if (left <= 0) break;
    floor[at] += 1;
    left -= 1;
  }
  return floor;
}

/** Shares for one entry more: the newcomer takes an equal part. */
export const withOneMore = (shares) => rebalanced([...shares, 0], shares.length, 100 / (shares.length + 1));

/** Shares without entry `index`. */
export function without(shares, index) {
  if (shares.length <= 1) return [];
  const emptied = rebalanced(shares, index, 0);
  return emptied.filter((_, at) => at !== index);
}
