// The page of components shows them all.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const SRC = new URL("..", import.meta.url).pathname;
const read = (folder: string) =>
  readdirSync(`${SRC}/${folder}`).filter((name) => name.endsWith(".tsx"));
const GALLERY = read("gallery")
  .map((name) => readFileSync(`${SRC}/gallery/${name}`, "utf8"))
  .join("\n");

/** They ask the API for the figures of a drill; what draws these is there. */
const OF_A_DRILL = ["Calls", "DrillChooser", "Ending", "Measured", "Proven", "Runbook"];
/** Fetched by the one that is called alike. */
const FETCHED = ["MarkdownText", "Toasts"];

test("every component is on it", () => {
  const all = ["components", "charts"].flatMap((folder) =>
    read(folder).map((name) => `@/${folder}/${name.replace(".tsx", "")}`),
  );
  const missing = all.filter((path) => !GALLERY.includes(`"${path}"`));
  expect(missing.map((path) => path.split("/").at(-1)).toSorted()).toEqual(
    [...OF_A_DRILL, ...FETCHED].toSorted(),
  );
});
