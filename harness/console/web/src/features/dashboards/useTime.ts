import { useEffect, useState } from "react";
import type { Address } from "@/lib/address";

export interface ShownTime {
  begin: number;
  end: number;
  isFixed: boolean;
  /** Seconds, of a time that moves. */
  length?: number;
}

const REFRESH_MS = 5000;

/** The time shown: a fixed range of the address, or the last so many seconds, moving. */
export function useTime(params: Address): ShownTime {
  const [nowS, setNow] = useState(() => Math.floor(Date.now() / 1000));
  const isFixed = Boolean(params.begin && params.end);
  useEffect(() => {
    if (isFixed) return undefined;
    const timer = setInterval(
      () => !document.hidden && setNow(Math.floor(Date.now() / 1000)),
      REFRESH_MS,
    );
    return () => clearInterval(timer);
  }, [isFixed]);
  if (isFixed) return { begin: Number(params.begin), end: Number(params.end), isFixed };
  const length = Number(params.last) || 300;
  return { begin: nowS - length, end: nowS, isFixed, length };
}
