// The views of the console, in the order of the menu. A view is a module with a default component.

export const VIEWS = [
  { id: "now", title: "Now", key: "n" },
  { id: "timeline", title: "Timeline", key: "t" },
  { id: "projector", title: "Projector", key: "p" },
];

export const load = (id) => import(`./${id}.js`);
