// The views of the console, in the order of the menu. Each is a folder of `features` whose index
// has a default component; it is fetched when somebody opens it.

import type { ComponentType } from "react";

export interface MenuView {
  id: string;
  title: string;
  /** The letter that leads there after a `g`. */
  key: string;
  /** Whether it is for the instructor alone. */
  instructor?: boolean;
  load: () => Promise<{ default: ComponentType }>;
}

export const VIEWS: readonly MenuView[] = [
  { id: "now", title: "Now", key: "n", load: () => import("@/features/now") },
  { id: "dashboards", title: "Dashboards", key: "b", load: () => import("@/features/dashboards") },
  { id: "query", title: "Query", key: "q", load: () => import("@/features/query") },
  { id: "traces", title: "Traces", key: "r", load: () => import("@/features/traces") },
  { id: "logs", title: "Logs", key: "l", load: () => import("@/features/logs") },
  { id: "changes", title: "Changes", key: "c", load: () => import("@/features/changes") },
  { id: "diagnosis", title: "Diagnosis", key: "d", load: () => import("@/features/diagnosis") },
  { id: "comms", title: "Comms", key: "m", load: () => import("@/features/comms") },
  { id: "timeline", title: "Timeline", key: "t", load: () => import("@/features/timeline") },
  {
    id: "before-after",
    title: "Before/after",
    key: "f",
    load: () => import("@/features/before-after"),
  },
  { id: "score", title: "Score", key: "s", load: () => import("@/features/score") },
  { id: "postmortem", title: "Postmortem", key: "w", load: () => import("@/features/postmortem") },
  { id: "history", title: "History", key: "y", load: () => import("@/features/history") },
  {
    id: "instructor",
    title: "Instructor",
    key: "i",
    instructor: true,
    load: () => import("@/features/instructor"),
  },
  { id: "projector", title: "Projector", key: "p", load: () => import("@/features/projector") },
  { id: "deck", title: "Deck", key: "k", instructor: true, load: () => import("@/features/deck") },
];
