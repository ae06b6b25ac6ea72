// How a growing list of lines stays bounded.

/** `older` lines before `lines`, each `seq` once, as many as there is room for. */
export function prepended<L extends { seq: number }>(lines: L[], older: L[], most: number): L[] {
  const first = lines[0]?.seq ?? Infinity;
  const room = Math.max(0, most - lines.length);
  const fresh = older.filter((line) => line.seq < first);
  return room && fresh.length ? fresh.slice(-room).concat(lines) : lines;
}

/** `lines` with `news` after them, each `seq` once, the oldest gone where there are too many. */
export function appended<L extends { seq: number }>(lines: L[], news: L[], most: number): L[] {
  const last = lines.at(-1)?.seq ?? 0;
  const fresh = news.filter((line) => line.seq > last);
  if (!fresh.length) return lines;
  const all = lines.concat(fresh);
  return all.length > most ? all.slice(all.length - most) : all;
}

/** Lines in the order of their own times: several writers send theirs a moment later than others. */
export function inTime<L extends { seq: number; timestamp: string }>(
  lines: readonly L[],
  isNewestFirst: boolean,
): L[] {
  const order = (a: L, b: L) =>
    a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : a.seq - b.seq;
  return lines.toSorted(isNewestFirst ? (a, b) => order(b, a) : order);
}
