// The views of the console, in the order of the menu. A view is a module with a default component.

export const VIEWS = [
  { id: "now", title: "Now", key: "n" },
  { id: "dashboards", title: "Dashboards", key: "b" },
  { id: "traces", title: "Traces", key: "r" },
  { id: "logs", title: "Logs", key: "l" },
  { id: "changes", title: "Changes", key: "c" },
  { id: "diagnosis", title: "Diagnosis", key: "d" },
  { id: "comms", title: "Comms", key: "m" },
  { id: "timeline", title: "Timeline", key: "t" },
  { id: "before-after", title: "Before/after", key: "f" },
  { id: "score", title: "Score", key: "s" },
  { id: "postmortem", title: "Postmortem", key: "w" },
  { id: "history", title: "History", key: "y" },
  { id: "instructor", title: "Instructor", key: "i", instructor: true },
  { id: "projector", title: "Projector", key: "p" },
  { id: "deck", title: "Deck", key: "k", instructor: true },
];

export const load = (id) => import(`./${id}.js`);
