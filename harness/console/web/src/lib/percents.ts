// Whole percentages that go on summing to 100.

/** `values` made to sum to `total`, in the same proportions; equal shares where all are 0. */
export function scaled(values: readonly number[], total: number): number[] {
  if (!values.length) return [];
  const sum = values.reduce((a, b) => a + b, 0);
  const exact = values.map((value) => (sum ? (value * total) / sum : total / values.length));
  const whole = exact.map(Math.floor);
  const byRest = exact
    .map((value, index) => ({ rest: value - Math.floor(value), index }))
    .toSorted((a, b) => b.rest - a.rest || a.index - b.index);
  const missing = total - whole.reduce((a, b) => a + b, 0);
  const more = new Set(byRest.slice(0, missing).map((one) => one.index));
  return whole.map((value, index) => value + (more.has(index) ? 1 : 0));
}

/** `values` with the one at `index` set to `wanted`; the others share what is left as before. */
export function rebalanced(values: readonly number[], index: number, wanted: number): number[] {
  const kept = Math.min(100, Math.max(0, Math.round(wanted) || 0));
  const others = scaled(
    values.filter((_, at) => at !== index),
    100 - kept,
  );
  return [...others.slice(0, index), kept, ...others.slice(index)];
}
