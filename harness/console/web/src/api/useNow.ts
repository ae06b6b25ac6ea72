// The time of what is shown: this browser's clock, or the moment of a review.

import { useEffect, useState } from "react";
import { useMoment } from "./moment";

/** In milliseconds, anew every so often; null: as it was at first. In a review time stands. */
export function useNow(everyMs: number | null): number {
  const { review, atS } = useMoment();
  const standsAtS = atS ?? review?.end_s;
  const stands = standsAtS !== undefined;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null || stands) return undefined;
    const timer = setInterval(() => !document.hidden && setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, stands]);
  return stands ? standsAtS * 1000 : now;
}

/** Seconds since a moment in milliseconds, anew every second; none before there was one, or in a review. */
export function useSince(momentMs: number): number {
  const { review } = useMoment();
  const now = useNow(1000);
  return momentMs && !review ? Math.max(0, (now - momentMs) / 1000) : 0;
}
