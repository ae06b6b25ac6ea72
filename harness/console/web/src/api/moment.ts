// The moment that is shown: now, while the drill runs; in its review the drill's end, or an earlier
// moment that somebody has moved the slider to.

import { useSyncExternalStore } from "react";

export interface Review {
  begin_s: number;
  end_s: number;
}

interface Shown {
  review: Review | null;
  /** Seconds since 1970; null: now, or the drill's end. */
  atS: number | null;
}

let shown: Shown = { review: null, atS: null };
const listeners = new Set<() => void>();

export const moment = {
  get shown(): Shown {
    return shown;
  },
  /** The moment shown, in milliseconds. */
  nowMs(): number {
    const atS = shown.atS ?? shown.review?.end_s;
    return atS === undefined ? Date.now() : atS * 1000;
  },
  /** Whether time stands: nothing changes by itself. */
  get stands(): boolean {
    return shown.review !== null;
  },
  set(next: Shown) {
    if (next.atS === shown.atS && next.review?.end_s === shown.review?.end_s) return;
    shown = next;
    for (const listener of listeners) listener();
  },
  /** What the API is asked with. */
  params(): { at?: number } {
    return shown.atS === null ? {} : { at: shown.atS };
  },
};

export function onMoment(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useMoment(): Shown {
  const now = () => shown;
  return useSyncExternalStore(onMoment, now, now);
}
