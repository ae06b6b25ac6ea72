// The alerts that somebody was paged for, grouped under one incident.

import type { Alert, PageSent } from "@/api/types";

export interface PagedAlert {
  alert: string;
  severity: string;
  /** What it says now; once it is silent, what it said last that somebody was paged for. */
  summary: string;
  services: readonly string[];
  /** Its pages, the newest first. */
  pages: readonly PageSent[];
  /** Those that nobody has taken. */
  open: readonly PageSent[];
  takenBy: string | null;
  state: "open" | "acknowledged" | "resolved";
}

function stateOf(open: readonly PageSent[], isFiring: boolean): PagedAlert["state"] {
  if (open.length > 0) return "open";
  return isFiring ? "acknowledged" : "resolved";
}

/** One entry per alert, that of the newest page first; `known` are services by alert, of the record. */
export function pagedAlerts(
  pages: readonly PageSent[],
  alerts: readonly Alert[],
  known: ReadonlyMap<string, ReadonlySet<string>>,
): PagedAlert[] {
  const byAlert = new Map<string, PageSent[]>();
  for (const page of pages.toReversed().toSorted((one, other) => other.sent_ms - one.sent_ms))
    byAlert.set(page.alert, [...(byAlert.get(page.alert) ?? []), page]);
  return [...byAlert].flatMap(([alert, sent]) => {
    const newest = sent[0];
    if (!newest) return [];
    const firing = alerts.filter((one) => one.name === alert);
    const open = sent.filter((one) => !one.acknowledged_by);
    const services = firing.length
      ? firing.map((one) => one.service)
      : [...(known.get(alert) ?? [])];
    return [
      {
        alert,
        severity: newest.severity,
        summary: firing[0]?.summary ?? newest.summary,
        services: [...new Set(services)].filter(Boolean).toSorted(),
        pages: sent,
        open,
        takenBy: newest.acknowledged_by,
        state: stateOf(open, firing.length > 0),
      },
    ];
  });
}
