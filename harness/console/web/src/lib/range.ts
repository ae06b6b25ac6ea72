// A range of time as people type it: two moments on their own clock, to the second.

const two = (number: number): string => String(number).padStart(2, "0");

/** What a box for date and time holds: 2026-11-30T20:15:07, in the reader's own zone. */
export function typedOf(momentS: number): string {
  const at = new Date(momentS * 1000);
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day}T${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":")}`;
}

/** The moment in seconds, or null for what is none. */
export function momentOf(typed: string): number | null {
  const at = Date.parse(typed);
  return Number.isNaN(at) ? null : Math.floor(at / 1000);
}

/** What is wrong with a range; "" for one that can be shown. */
export function rangeError(from: string, to: string): string {
  const [begin, end] = [momentOf(from), momentOf(to)];
  if (begin === null || end === null) return "Give both moments with date and time.";
  return begin < end ? "" : "The range ends before it begins.";
}
