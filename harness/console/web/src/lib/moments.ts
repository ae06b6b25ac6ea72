// The incident's moments, read from its record, and what a series was between them.

import type { DrillRecord, RecordData } from "@/api/records";
import type { Metrics, Value } from "@/api/telemetry";

export interface Mark {
  atS: number;
  kind: "restart" | "rollback" | "deploy" | "flag" | "page" | "passed" | "failed";
  label: string;
  /** Whether the team did it: what colleagues ship, and what the runtime puts back, is no fix. */
  isOurs?: true;
}

type DeployData = RecordData["deploy.succeeded"];

/** From and to, in seconds. */
export type Window = readonly [number, number];

export interface Windows {
  healthy: Window;
  broken: Window | null;
  after: Window | null;
}

export interface CallEdge {
  from: string;
  to: string;
  perS: number;
}

export interface Point {
  x: number;
  y: number;
}

const SETTLE_S = 15;
/** A deploy of this kind is ordinary work of colleagues, the bad release and decoys among it. */
const NOT_OURS = "release";
const BY_ITSELF = "runtime";

/** Events of the record as marks on a time axis, oldest first. */
export function marks(events: readonly DrillRecord[]): Mark[] {
  const found: Mark[] = [];
  for (const { type, time, data } of events) {
    const atS = Date.parse(time) / 1000;
    if (type === "deploy.succeeded") {
      const isOurs = data.kind !== NOT_OURS && data.by !== BY_ITSELF;
      found.push({ atS, ...deployed(data), ...(isOurs && { isOurs }) });
    } else if (type === "flag.switched") {
      const label = `${data.name} ${data.enabled ? "on" : "off"}`;
      found.push({ atS, kind: "flag", label, isOurs: true });
    } else if (type === "page.sent") {
      found.push({ atS, kind: "page", label: data.alert });
    } else if (type === "verify.finished") {
      const [kind, label] = data.passed
        ? (["passed", "verified"] as const)
        : (["failed", "verification failed"] as const);
      found.push({ atS, kind, label });
    }
  }
  return found.toSorted((left, right) => left.atS - right.atS);
}

function deployed(data: DeployData): Pick<Mark, "kind" | "label"> {
  if (data.kind === "restart") return { kind: "restart", label: `${data.service} restarted` };
  const kind = data.kind === "rollback" ? "rollback" : "deploy";
  return { kind, label: `${data.service} ${data.version_to}` };
}

/** When the last alert fell silent, in seconds; null while one fires, or where none ever did. */
export function silentSince(events: readonly DrillRecord[]): number | null {
  const firing = new Set<string>();
  let since: number | null = null;
  for (const { type, time, data } of events) {
    if (type === "alert.fired") firing.add(data.fingerprint);
    else if (type === "alert.resolved") firing.delete(data.fingerprint);
    else continue;
    since = firing.size ? null : Date.parse(time) / 1000;
  }
  return since;
}

/** The team's acts after the first page and until all was silent, oldest first. */
export function fixes(events: readonly DrillRecord[]): Mark[] {
  const all = marks(events);
  const page = all.find((one) => one.kind === "page");
  if (!page) return [];
  const until = silentSince(events) ?? Infinity;
  return all.filter((one) => one.isOurs && one.atS > page.atS && one.atS <= until);
}

/**
 * `{healthy, broken, after}` as `[beginS, endS]` each, or null where that time has not come:
 * a healthy time before the page, the time from the page to the last thing that the team did,
 * and what came after the alerts were silent (or, while they are not, after that act). Without an
 * act of the team there is no time after a fix.
 */
export function windows(events: readonly DrillRecord[], nowS: number): Windows {
  const page = marks(events).find((one) => one.kind === "page");
  if (!page) return { healthy: [nowS - 60, nowS], broken: null, after: null };
  const silent = silentSince(events);
  const last = fixes(events).at(-1);
  const settled = last ? (silent ?? last.atS + SETTLE_S) : null;
  return {
    healthy: healthyBefore(page.atS, Date.parse(events[0]?.time ?? "") / 1000),
    broken: [page.atS - 5, last?.atS ?? silent ?? nowS],
    after: settled !== null && settled < nowS ? [settled, Math.min(nowS, settled + 300)] : null,
  };
}

/** A time before the page that trouble cannot have reached yet; of a young drill, its first half. */
function healthyBefore(pageS: number, beganS: number): Window {
  const begin = Math.max(pageS - 150, beganS);
  return [begin, Math.max(pageS - 45, (begin + pageS) / 2)];
}

/** The mean of a column of values within a time; null where nothing is known. */
export function mean(
  times: readonly number[],
  values: readonly Value[],
  window: Window | null,
): number | null {
  if (!window) return null;
  let [sum, count] = [0, 0];
  times.forEach((at, index) => {
    const value = values[index];
    if (at >= window[0] && at <= window[1] && value !== null && value !== undefined) {
      [sum, count] = [sum + value, count + 1];
    }
  });
  return count ? sum / count : null;
}

/** Who calls whom: `{from, to, perS}` of series labelled `service` and `peer`, quiet ones left out. */
export function edges(
  { times, series }: Pick<Metrics, "times" | "series">,
  window: Window | null,
  quietPerS = 0.02,
): CallEdge[] {
  return series.flatMap(({ labels, values }) => {
    const perS = mean(times, values, window);
    const { service: from, peer: to } = labels;
    return from && to && perS !== null && perS > quietPerS ? [{ from, to, perS }] : [];
  });
}

/** Places on a circle for the names of a graph, from the top on; x and y from -1 to 1. */
export function circle(names: readonly string[]): Map<string, Point> {
  return new Map(
    names.map((name, index) => {
      const angle = (2 * Math.PI * index) / names.length - Math.PI / 2;
      return [name, { x: Math.cos(angle), y: Math.sin(angle) }];
    }),
  );
}
