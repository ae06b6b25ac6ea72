// The views of the console, in the order of the menu. Each is a folder of `features` whose index
// has a default component; it is fetched when somebody opens it.

import type { ComponentType } from "react";

export interface MenuView {
  id: string;
  title: string;
  /** The letter that leads there after a `g`. */
  key: string;
  group: Group;
  /** Whether it is for the instructor alone. */
  instructor?: boolean;
  /** Whether it asks what answers only once the shop is up. */
  asksShop?: boolean;
  load: () => Promise<{ default: ComponentType }>;
}

/** What people do, in the order in which an incident asks for it; each with its views. */
const GROUPS = {
  respond: "Respond",
  explore: "Explore",
  decide: "Decide",
  tell: "Tell",
  learn: "Learn",
  run: "Run",
} as const;

export type Group = keyof typeof GROUPS;
export const GROUP_NAMES = Object.entries(GROUPS) as [Group, string][];

export const VIEWS: readonly MenuView[] = [
  { id: "now", title: "Now", key: "n", group: "respond", load: () => import("@/features/now") },
  {
    id: "changes",
    title: "Changes",
    key: "c",
    group: "respond",
    asksShop: true,
    load: () => import("@/features/changes"),
  },
  {
    id: "dashboards",
    title: "Dashboards",
    key: "b",
    group: "explore",
    asksShop: true,
    load: () => import("@/features/dashboards"),
  },
  {
    id: "query",
    title: "Query",
    key: "q",
    group: "explore",
    asksShop: true,
    load: () => import("@/features/query"),
  },
  {
    id: "traces",
    title: "Traces",
    key: "r",
    group: "explore",
    asksShop: true,
    load: () => import("@/features/traces"),
  },
  {
    id: "logs",
    title: "Logs",
    key: "l",
    group: "explore",
    asksShop: true,
    load: () => import("@/features/logs"),
  },
  {
    id: "profiles",
    title: "Profiles",
    key: "u",
    group: "explore",
    asksShop: true,
    load: () => import("@/features/profiles"),
  },
  {
    id: "diagnosis",
    title: "Diagnosis",
    key: "d",
    group: "decide",
    load: () => import("@/features/diagnosis"),
  },
  { id: "comms", title: "Comms", key: "m", group: "tell", load: () => import("@/features/comms") },
  {
    id: "timeline",
    title: "Timeline",
    key: "t",
    group: "learn",
    load: () => import("@/features/timeline"),
  },
  {
    id: "before-after",
    title: "Before/after",
    key: "f",
    group: "learn",
    asksShop: true,
    load: () => import("@/features/before-after"),
  },
  { id: "score", title: "Score", key: "s", group: "learn", load: () => import("@/features/score") },
  {
    id: "postmortem",
    title: "Postmortem",
    key: "w",
    group: "learn",
    load: () => import("@/features/postmortem"),
  },
  {
    id: "history",
    title: "History",
    key: "y",
    group: "learn",
    load: () => import("@/features/history"),
  },
  {
    id: "instructor",
    title: "Instructor",
    key: "i",
    group: "run",
    instructor: true,
    load: () => import("@/features/instructor"),
  },
  {
    id: "projector",
    title: "Projector",
    key: "p",
    group: "run",
    load: () => import("@/features/projector"),
  },
  {
    id: "deck",
    title: "Deck",
    key: "k",
    group: "run",
    asksShop: true,
    instructor: true,
    load: () => import("@/features/deck"),
  },
];
