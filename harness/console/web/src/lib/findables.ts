// What of the drill is found by its name: services, what can be done, deploys, failed traces, people.

import type { Deploy, Status } from "@/api/types";
import type { TraceRow } from "@/api/telemetry";
import { href } from "./address";
import { clock, seconds } from "./format";

export interface Findable {
  id: string;
  group: "Services" | "Act" | "Traces" | "Deploys" | "People";
  title: string;
  /** What it is found by beside its title, and told with it. */
  more: string;
  href: string;
}

const TRACE_ID = /^[0-9a-f]{32}$/i;

const LOOKS: readonly (readonly [string, string, (service: string) => string])[] = [
  ["metrics", "dashboard", (service) => href("dashboards", { uid: "service", service })],
  ["logs", "its lines", (service) => href("logs", { service })],
  ["traces", "its requests", (service) => href("traces", { service })],
  ["profile", "where its time goes", (service) => href("profiles", { service })],
  ["changes", "its deploys", (service) => href("changes", { service })],
];

const SHOP_ACTS: readonly (readonly [string, string])[] = [
  ["rollback", "Roll back"],
  ["restart", "Restart"],
  ["deploy", "Deploy the workspace to"],
];

/** What a team does that is no change of the shop, by where it is done. */
const TEAM_ACTS: readonly (readonly [string, string, string])[] = [
  ["Declare the incident", "diagnosis", "incident"],
  ["Write the triage", "diagnosis", "triage"],
  ["Mark alerts: source or symptom", "diagnosis", "marks"],
  ["Declare the root cause", "diagnosis", "declare"],
  ["Post an update", "comms", "composer"],
  ["Write a note", "timeline", "note"],
  ["Verify the fix under stress", "before-after", "objectives"],
  ["Add an action item", "postmortem", "action-items"],
];

function services(names: readonly string[]): Findable[] {
  return names.flatMap((name) =>
    LOOKS.map(([what, more, to]): Findable => ({
      id: `service ${name} ${what}`,
      group: "Services",
      title: `${name}: ${what}`,
      more,
      href: to(name),
    })),
  );
}

function acts(names: readonly string[]): Findable[] {
  const of = (id: string, title: string, to: string): Findable => ({
    id: `act ${id}`,
    group: "Act",
    title,
    more: "",
    href: to,
  });
  const onShop = names.flatMap((service) =>
    SHOP_ACTS.map(([act, word]) =>
      of(`${act} ${service}`, `${word} ${service}`, href("changes", { act, service, at: "act" })),
    ),
  );
  return [
    ...TEAM_ACTS.map(([title, view, at]) => of(at, title, href(view, { at }))),
    of("flag", "Switch a flag", href("changes", { act: "flag", at: "act" })),
    ...onShop,
  ];
}

function deployed(log: readonly Deploy[]): Findable[] {
  return log.toReversed().map((one) => ({
    id: `deploy ${one.deploy_id}`,
    group: "Deploys",
    title:
      one.kind === "restart"
        ? `${one.service} restart`
        : `${one.service} ${one.version_from || "–"} → ${one.version_to}`,
    more: `${clock(Date.parse(one.at))} · ${one.by} · ${one.summary || one.kind}`,
    href: href("changes", { deploy: one.deploy_id }),
  }));
}

function traced(rows: readonly TraceRow[]): Findable[] {
  return rows.map((one) => ({
    id: `trace ${one.trace_id}`,
    group: "Traces",
    title: `${one.service} ${one.operation}`,
    more: `${clock(one.start_ms)} · ${seconds(one.duration_ms / 1000)}${one.reason && ` · ${one.reason}`}`,
    href: href("traces", { trace: one.trace_id, errors: "1" }),
  }));
}

function people(roles: Status["exercise"]["roles"]): Findable[] {
  const names = [...new Set(Object.values(roles).flat())].toSorted();
  return names.map((name) => ({
    id: `person ${name}`,
    group: "People",
    title: name,
    more: Object.keys(roles)
      .filter((role) => roles[role]?.includes(name))
      .join(", "),
    href: href("timeline", { search: name }),
  }));
}

/** All that can be found; in a review nothing is left to act upon. */
export function findables({
  status,
  deploys,
  failed,
}: {
  status: Status;
  deploys: readonly Deploy[];
  /** Traces in which something failed. */
  failed: readonly TraceRow[];
}): Findable[] {
  const names = status.services.map((one) => one.name);
  return [
    ...services(names),
    ...(status.review ? [] : acts(names)),
    ...deployed(deploys),
    ...traced(failed),
    ...people(status.exercise.roles),
  ];
}

/** The trace whose whole id was typed. */
export function traceOf(typed: string): Findable | null {
  const id = typed.trim().toLowerCase();
  if (!TRACE_ID.test(id)) return null;
  return {
    id: `trace ${id}`,
    group: "Traces",
    title: `Trace ${id.slice(0, 8)}…`,
    more: "by its id",
    href: href("traces", { trace: id }),
  };
}

/** How well something is found by what was typed, from 0 to 1: each word of it stands somewhere. */
export function foundBy(typed: string, { title, more, id }: Findable): number {
  const name = title.toLowerCase();
  const all = `${name} ${more.toLowerCase()} ${id.toLowerCase()}`;
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length || !words.every((word) => all.includes(word))) return 0;
  if (name.startsWith(typed.toLowerCase().trim())) return 0.9;
  return words.every((word) => name.includes(word)) ? 0.7 : 0.4;
}
