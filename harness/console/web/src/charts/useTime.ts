import type { Address } from "@/lib/address";
import { useNow } from "@/api/useNow";

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
  const isFixed = Boolean(params.begin && params.end);
  const nowS = Math.floor(useNow(isFixed ? null : REFRESH_MS) / 1000);
  if (isFixed) return { begin: Number(params.begin), end: Number(params.end), isFixed };
  const length = Number(params.last) || 300;
  return { begin: nowS - length, end: nowS, isFixed, length };
}
