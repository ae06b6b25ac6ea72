// Which state a figure or a word stands for. Everything that shows states asks here: badges, notes,
// table cells, the service map and marks on charts; tokens.css has their colours.

import type { Tone } from "@/api/types";

/** A share of failures up to which a service is well, and above which it is failing. */
const ERRORS_NONE = 0.005;
const ERRORS_MANY = 0.05;

/** Of what answers, by its share of failures. */
export function toneOfErrors(ratio: number): Tone {
  if (ratio > ERRORS_MANY) return "bad";
  return ratio > ERRORS_NONE ? "warn" : "good";
}

export function toneOfService(up: boolean | null, ratio: number | null | undefined): Tone {
  if (up === null) return "quiet";
  return up ? toneOfErrors(ratio ?? 0) : "bad";
}

/** Of an alert or a page, by what its rule calls it. */
export function toneOfSeverity(severity: string): Tone {
  return severity === "critical" ? "bad" : "warn";
}
