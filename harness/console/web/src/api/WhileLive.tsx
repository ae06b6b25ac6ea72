import type { ReactNode } from "react";
import { useMoment } from "@/api/moment";

/** What only a running drill takes: in a review there is nobody left to act upon. */
export function WhileLive({ children }: { children: ReactNode }) {
  return useMoment().review ? null : children;
}
