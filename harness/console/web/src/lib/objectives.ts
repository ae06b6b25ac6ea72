// What a verification measures, as people name and write it: the record has ids and bare numbers.

import type { Figure } from "./format";
import { milliseconds, percent, plain, seconds } from "./format";
import { words } from "./words";

/** What an id of a measure ends with, how its values are written, and what is said instead of it. */
const UNITS: readonly (readonly [string, (value: Figure) => string, string])[] = [
  ["_success_ratio", percent, " success rate"],
  ["_p95_ms", milliseconds, " latency, p95"],
  ["_ratio", percent, ""],
  ["_ms", milliseconds, ""],
  ["_s", seconds, ""],
  ["_mb", (value) => (typeof value === "number" ? `${plain(value)} MB` : plain(value)), ""],
];
/** Whether something holds: 1 where it does. */
const YES_NO: ReadonlySet<string> = new Set(["running_total_exact", "reconciliation_honest"]);
const YES_AT_LEAST = 1;
const CAPITALS: Readonly<Record<string, string>> = {
  ledger_exact_ratio: "Ledger entries exact",
  idempotent_replay_ratio: "Repeated orders placed once",
  charged_once_ratio: "Orders charged once",
  history_correct_ratio: "Histories correct",
  reference_answers_ratio: "Answers as the reference",
  stock_reserved_ratio: "Stock reserved",
  summaries_written_ratio: "Summaries written",
  statements_per_history: "Statements per history request",
  kept_for_nobody_ms: "Work for requests that are gone",
  idle_transaction_ms: "Longest idle transaction",
  oldest_task_s: "Oldest waiting task",
};

const unitOf = (measure: string) => UNITS.find(([ending]) => measure.endsWith(ending));

/** `checkout_p95_ms` → "Checkout latency, p95". */
export function measureName(measure: string): string {
  const known = CAPITALS[measure];
  if (known) return known;
  const [ending = "", , instead = ""] = unitOf(measure) ?? [];
  const said = words(measure.slice(0, measure.length - ending.length)) + instead;
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** A value of a measure with its unit: 0.333 → "33.3 %", 10073 → "10.1 s"; a dash for none. */
export function measured(measure: string, value: Figure): string {
  if (YES_NO.has(measure) && typeof value === "number") return value >= YES_AT_LEAST ? "yes" : "no";
  return (unitOf(measure)?.[1] ?? plain)(value);
}

/** The bound of an objective with its unit: "≤ 2500" → "≤ 2.5 s". */
export function bounded(measure: string, bound: string): string {
  if (YES_NO.has(measure)) return "yes";
  return bound.replaceAll(/\d+(\.\d+)?(e[+-]?\d+)?/g, (number) =>
    measured(measure, Number(number)),
  );
}
