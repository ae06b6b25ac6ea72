// Where the services of the map stand.

import type { Service } from "@/api/types";
import type { Point } from "@/lib/moments";

export interface MapLayout {
  at: ReadonlyMap<string, Point>;
  width: number;
  height: number;
}

export const NODE = { width: 136, height: 46, gapX: 128, gapY: 26 };
const PITCH = NODE.height + NODE.gapY;

/** Longest way from a service that nobody calls: its column. A ring of calls ends where it began. */
export function columnsOf(services: readonly Service[]): Map<string, number> {
  const calls = new Map(services.map((one) => [one.name, one.calls]));
  const column = new Map<string, number>();
  const place = (name: string, depth: number, path: ReadonlySet<string>) => {
    const peers = calls.get(name);
    if (!peers || path.has(name)) return;
    column.set(name, Math.max(depth, column.get(name) ?? 0));
    for (const peer of peers) place(peer, depth + 1, new Set([...path, name]));
  };
  const called = new Set([...calls.values()].flat());
  for (const name of calls.keys()) if (!called.has(name)) place(name, 0, new Set());
  for (const name of calls.keys()) if (!column.has(name)) place(name, 0, new Set());
  return column;
}

export function layout(services: readonly Service[]): MapLayout {
  const column = columnsOf(services);
  const rows = new Map<number, number>();
  const at = new Map<string, Point>();
  for (const one of services) {
    const x = column.get(one.name) ?? 0;
    const y = rows.get(x) || 0;
    rows.set(x, y + 1);
    // Every other column is half a row lower: a call that passes a column passes between its services.
    at.set(one.name, { x: x * (NODE.width + NODE.gapX) + 4, y: (y + (x % 2) / 2) * PITCH + 4 });
  }
  return {
    at,
    width: (Math.max(0, ...column.values()) + 1) * (NODE.width + NODE.gapX) - NODE.gapX + 8,
    height: Math.max(1, ...[...at.values()].map((one) => one.y + PITCH)),
  };
}
