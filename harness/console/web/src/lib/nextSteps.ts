// What to do next: three things for the roles that a person holds, each with the place to do it.

import type { DrillRecord } from "@/api/records";
import type { Status } from "@/api/types";
import { href } from "./address";

/** How far the team is, as far as the next thing to do depends on it. */
export interface Standing {
  isPaged: boolean;
  openPages: number;
  /** Who asked something since the last update, the newest last. */
  asking: readonly string[];
  updateDueS: number | null;
  isReview: boolean;
  /** Nobody leads: whoever plays ends the drill. */
  isSolo: boolean;
  shop: string;
  /** What has happened at least once. */
  has: ReadonlySet<DrillRecord["type"]>;
  hasEvidence: boolean;
  hasActed: boolean;
  isProven: boolean;
  isResolved: boolean;
}

export interface Step {
  id: string;
  text: string;
  href: string;
}

interface PlannedStep {
  id: string;
  /** The roles whose first duty it is; nobody's in particular without. */
  roles?: readonly string[];
  when: (s: Standing) => boolean;
  text: (s: Standing) => string;
  href: (s: Standing) => string;
}

export const STEPS_SHOWN = 3;
/** An update that is due this soon is worth a line. */
const SOON_S = 300;
const ASKING: ReadonlySet<string> = new Set([
  "executive-asks",
  "status-page-question",
  "support-tickets",
]);
/** The record may be ahead of the status by a moment. */
const BEGUN: ReadonlySet<string> = new Set(["page.sent", "incident.declared"]);
const RESPONSES: ReadonlySet<string> = new Set(["rollback", "restart", "hotfix"]);

const isOn = (s: Standing) => s.isPaged && !s.isProven && !s.isReview;
const saysWhy = (s: Standing) => s.has.has("hypotheses.revised") || s.has.has("diagnosis.declared");
const before = (s: Standing) => !s.isPaged && !s.isReview;
const after = (s: Standing) => s.isProven || s.isReview;
const to =
  (view: string, params: Record<string, string> = {}) =>
  () =>
    href(view, params);
const say = (text: string) => () => text;

/** In the order in which they matter; what is urgent comes first for everybody. */
const URGENT: readonly PlannedStep[] = [
  {
    id: "acknowledge",
    when: (s) => s.openPages > 0 && !s.isReview,
    text: (s) => (s.openPages === 1 ? "Acknowledge the page" : `Acknowledge ${s.openPages} pages`),
    href: to("now", { at: "incident-now" }),
  },
];

const STEPS: readonly PlannedStep[] = [
  {
    id: "healthy",
    when: before,
    text: say("See what healthy looks like"),
    href: to("dashboards"),
  },
  {
    id: "map",
    when: before,
    text: say("See who calls whom"),
    href: to("now", { at: "map" }),
  },
  { id: "log", when: before, text: say("Read the deploy log"), href: to("changes") },
  {
    id: "declare-incident",
    roles: ["on-call"],
    when: (s) => isOn(s) && !s.has.has("incident.declared"),
    text: say("Declare the incident"),
    href: to("diagnosis", { at: "incident" }),
  },
  {
    id: "answer",
    roles: ["bridge"],
    when: (s) => s.asking.length > 0 && !after(s),
    text: (s) => `Answer: ${s.asking.at(-1)}`,
    href: to("comms", { at: "composer" }),
  },
  {
    id: "update",
    roles: ["bridge"],
    when: (s) => s.updateDueS !== null && s.updateDueS < SOON_S && s.isPaged && !after(s),
    text: (s) => (s.has.has("update.posted") ? "Post an update" : "Post the first update"),
    href: to("comms", { at: "composer" }),
  },
  {
    id: "contain",
    roles: ["on-call"],
    when: (s) => isOn(s) && saysWhy(s) && !s.hasActed,
    text: say("Contain it: roll back or restart"),
    href: to("changes", { at: "act" }),
  },
  {
    id: "prove",
    roles: ["on-call", "backend"],
    when: (s) => isOn(s) && s.hasActed,
    text: say("Prove the fix under stress"),
    href: to("before-after", { at: "objectives" }),
  },
  {
    id: "triage",
    roles: ["on-call"],
    when: (s) => isOn(s) && !s.has.has("triage.written"),
    text: say("Write the triage"),
    href: to("diagnosis", { at: "triage" }),
  },
  {
    id: "changes",
    roles: ["backend"],
    when: (s) => isOn(s) && !s.has.has("diagnosis.declared"),
    text: say("Line up the first errors with the latest deploys"),
    href: to("changes"),
  },
  {
    id: "traces",
    roles: ["backend"],
    when: (s) => isOn(s) && !s.has.has("diagnosis.declared"),
    text: say("Follow a failing request through its trace"),
    href: to("traces", { errors: "1" }),
  },
  {
    id: "hypotheses",
    roles: ["bridge", "documentation"],
    when: (s) => isOn(s) && !s.has.has("hypotheses.revised"),
    text: say("Write down hypotheses with probabilities"),
    href: to("diagnosis", { at: "hypotheses" }),
  },
  {
    id: "evidence",
    roles: ["bridge", "backend"],
    when: (s) => isOn(s) && s.has.has("hypotheses.revised") && !s.hasEvidence,
    text: say("Attach evidence to the leading hypothesis"),
    href: to("diagnosis", { at: "hypotheses" }),
  },
  {
    id: "errors",
    roles: ["frontend"],
    when: (s) => isOn(s) && !s.has.has("diagnosis.declared"),
    text: say("Read the errors in the logs"),
    href: to("logs", { level: "error" }),
  },
  {
    id: "shop",
    roles: ["frontend"],
    when: (s) => (before(s) || isOn(s)) && s.shop !== "",
    text: say("Try the shop as a customer"),
    href: (s) => s.shop,
  },
  {
    id: "mark",
    roles: ["on-call"],
    when: (s) => isOn(s) && !s.has.has("alert.marked"),
    text: say("Mark each alert: source or symptom"),
    href: to("diagnosis", { at: "marks" }),
  },
  {
    id: "declare",
    roles: ["on-call", "bridge"],
    when: (s) => isOn(s) && s.hasEvidence && !s.has.has("diagnosis.declared"),
    text: say("Declare the root cause"),
    href: to("diagnosis", { at: "declare" }),
  },
  {
    id: "note",
    roles: ["documentation"],
    when: isOn,
    text: say("Note a decision with its reason"),
    href: to("timeline", { at: "note" }),
  },
  {
    id: "resolved",
    roles: ["bridge"],
    when: (s) => s.isProven && !s.isResolved && !s.isReview,
    text: say("Post that it is resolved"),
    href: to("comms", { at: "composer" }),
  },
  {
    id: "before-after",
    when: after,
    text: say("Compare before and after"),
    href: to("before-after"),
  },
  {
    id: "postmortem",
    roles: ["documentation"],
    when: after,
    text: say("Write the postmortem"),
    href: to("postmortem"),
  },
  {
    id: "finish",
    when: (s) => s.isSolo && s.isProven && !s.isReview,
    text: say("End the drill"),
    href: to("before-after", { at: "ending" }),
  },
  {
    id: "items",
    roles: ["bridge", "backend"],
    when: (s) => after(s) && !s.has.has("action-item.added"),
    text: say("Agree on action items, each with an owner"),
    href: to("postmortem", { at: "action-items" }),
  },
  { id: "score", when: after, text: say("Read the score"), href: to("score") },
];

/**
 * The three next things for whoever holds `roles`: what is urgent, then their own, then anybody's.
 * Whoever plays alone holds all of them.
 */
export function nextSteps(standing: Standing, roles: readonly string[]): Step[] {
  const open = STEPS.filter((one) => one.when(standing));
  const own = standing.isSolo
    ? []
    : open.filter((one) => one.roles?.some((role) => roles.includes(role)));
  const urgent = URGENT.filter((one) => one.when(standing));
  const chosen = [...urgent, ...own, ...open.filter((one) => !own.includes(one))];
  return chosen
    .slice(0, STEPS_SHOWN)
    .map((one) => ({ id: one.id, text: one.text(standing), href: one.href(standing) }));
}

/** Whether a hypothesis or a declaration names something that can be looked at. */
function bringsEvidence(one: DrillRecord): boolean {
  if (one.type === "diagnosis.declared") return one.data.evidence.length > 0;
  return (
    one.type === "hypotheses.revised" &&
    one.data.hypotheses.some((it) => it.evidence_for.length + it.evidence_against.length > 0)
  );
}

const isResponse = (one: DrillRecord) =>
  one.type === "flag.switched" ||
  (one.type === "deploy.started" && one.data.by !== "runtime" && RESPONSES.has(one.data.kind));

/** How far the team is, by the drill's status and record. */
export function standingOf(status: Status, records: readonly DrillRecord[]): Standing {
  const update = records.findLast((one) => one.type === "update.posted");
  const since = update ? Number(update.id) : 0;
  return {
    isPaged: status.pages.length > 0 || records.some((one) => BEGUN.has(one.type)),
    openPages: status.pages.filter((page) => !page.acknowledged_by).length,
    asking: status.exercise.messages
      .filter((one) => one.seq > since && ASKING.has(one.kind))
      .map((one) => one.sender),
    updateDueS: status.exercise.update_due_s,
    isReview: status.exercise.clock.phase_kind === "review" || status.review !== null,
    isSolo: status.exercise.agenda === "solo",
    shop: status.places.shop ?? "",
    has: new Set(records.map((one) => one.type)),
    hasEvidence: records.some(bringsEvidence),
    hasActed: records.some(isResponse),
    isProven: status.phase === "verified",
    isResolved: update?.data.status === "resolved",
  };
}
