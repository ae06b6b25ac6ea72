// Whole percentages that go on summing to 100.

/** `values` made to sum to `total`, in the same proportions; equal shares where all are 0. */
export function scaled(values, total) {
  if (!values.length) return [];
  const sum = values.reduce((a, b) => a + b, 0);
  const exact = values.map((value) => (sum ? (value * total) / sum : total / values.length));
  const whole = exact.map(Math.floor);
  const byRest = exact.map((value, index) => [value - whole[index], index]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const missing = total - whole.reduce((a, b) => a + b, 0);
  for (const [, index] of byRest.slice(0, missing)) whole[index] += 1;
  return whole;
}

/** `values` with the one at `index` set to `wanted`; the others share what is left as before. */
export function rebalanced(values, index, wanted) {
  if (values.length === 1) return [100];
  const kept = Math.min(100, Math.max(0, Math.round(wanted) || 0));
  const others = scaled(values.filter((_, at) => at !== index), 100 - kept);
  return [...others.slice(0, index), kept, ...others.slice(index)];
}
