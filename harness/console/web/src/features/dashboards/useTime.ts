import { useEffect, useState } from "react";
import { moment, useMoment } from "@/api/moment";
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
  const [, setTurn] = useState(0);
  useMoment();
  const isFixed = Boolean(params.begin && params.end);
  useEffect(() => {
    if (isFixed) return undefined;
    const timer = setInterval(() => !document.hidden && setTurn((turn) => turn + 1), REFRESH_MS);
    return () => clearInterval(timer);
  }, [isFixed]);
  if (isFixed) return { begin: Number(params.begin), end: Number(params.end), isFixed };
  const nowS = Math.floor(moment.nowMs() / 1000);
  const length = Number(params.last) || 300;
  return { begin: nowS - length, end: nowS, isFixed, length };
}
