import { useMoment } from "@/api/moment";
import { useNow } from "@/api/useNow";
import type { Address, AddressParams } from "@/lib/address";

export interface ShownTime {
  begin: number;
  end: number;
  isFixed: boolean;
  /** Seconds of the range that moves, or moved before another was fixed. */
  length: number;
  /** How often a range that moves is asked for anew. */
  everyS: number;
  /** Whether it could move: in a review time stands anyway. */
  canMove: boolean;
}

const EVERY_S = 5;
const LENGTH_S = 300;
/** What is offered as the interval. */
export const INTERVALS_S = [5, 10, 30, 60];

/** The time shown: a fixed range of the address, or the last so many seconds, moving. */
export function useTime(params: Address): ShownTime {
  const isFixed = Boolean(params.begin && params.end);
  const everyS = Math.max(1, Number(params.every) || EVERY_S);
  const nowS = Math.floor(useNow(isFixed ? null : everyS * 1000) / 1000);
  const canMove = useMoment().review === null;
  const length = Number(params.last) || LENGTH_S;
  const rest = { isFixed, length, everyS, canMove };
  if (isFixed) return { begin: Number(params.begin), end: Number(params.end), ...rest };
  return { begin: nowS - length, end: nowS, ...rest };
}

/** What of the address fixes a range, or lets it move again as it did before. */
export const fixed = (begin: number, end: number): AddressParams => ({ begin, end });
export const moving = (last: number | string = ""): AddressParams => ({
  begin: "",
  end: "",
  ...(last && { last }),
});
