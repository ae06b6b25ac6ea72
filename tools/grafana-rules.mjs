#!/usr/bin/env node
// What Grafana itself makes of our dashboards, by its own package: the colour and the text of each
// panel's figures. The console's reading is held against it (charts/grafanaRules.test.ts), without the package,
// which is larger than the console. After a change of the dashboards: node tools/grafana-rules.mjs
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSION = "13.2.3";
const ROOT = new URL("..", import.meta.url).pathname;
const BOARDS = `${ROOT}grafana/dashboards`;
const ANSWERS = `${ROOT}harness/console/web/src/charts/grafana-rules.json`;
const VALUES = [
  -1402.29, -0.01, 0, 0.002, 0.01, 0.03, 0.3, 0.985, 0.999, 1, 2, 5, 12.5, 25, 75, 1000, 12345.6, 5e7,
];
const NAMES = (
  "ok paid captured error failed timeout rejected declined 200 302 404 429 500 503 504 " +
  "done retried deferred dead personalised cached default failing orders"
).split(" ");
const PROPERTIES = ["color", "unit", "thresholds", "links", "decimals", "min", "max", "mappings"];

function property(id) {
  const unchanged = (value) => value;
  return { id, path: id, name: id, process: unchanged, shouldApply: () => true, settings: {} };
}

/** Grafana's own code, in a folder that goes again. */
function installed(folder) {
  const what = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts"];
  execFileSync("npm", [...what, `@grafana/data@${VERSION}`], { stdio: ["ignore", 2, 2] });
  globalThis.navigator ??= { languages: ["en-US"] };
  return createRequire(`${folder}/any.js`)("@grafana/data");
}

/** The fields of a panel as Grafana draws them, by name. */
function fieldsOf(grafana, panel, names) {
  const styled = { ...property("custom.cellOptions"), path: "cellOptions", isCustom: true };
  const frame = grafana.toDataFrame({
    fields: names.map((name) => ({ name, type: "number", config: {}, values: [1] })),
  });
  const [drawn] = grafana.applyFieldOverrides({
    data: [frame],
    fieldConfig: panel.fieldConfig,
    replaceVariables: (text) => text,
    theme: grafana.createTheme(),
    fieldConfigRegistry: new grafana.Registry(() => [...PROPERTIES.map(property), styled]),
    timeZone: "utc",
  });
  return drawn.fields;
}

function answersOf(grafana, panel) {
  const columns = Object.values(
    panel.transformations.find((one) => one.id === "organize")?.options.renameByName ?? {},
  );
  const names = panel.type === "table" ? columns : NAMES;
  const fields = fieldsOf(grafana, panel, names);
  const colors = {};
  for (const { name, config } of fields) {
    if (config.color?.mode === "fixed") colors[name] = config.color.fixedColor;
  }
  const figures = {};
  // Where all fields are alike, one stands for them.
  for (const field of panel.type === "table" ? fields : fields.slice(-1)) {
    figures[field.name] = VALUES.map((value) => {
      const shown = field.display(value);
      const step = grafana.getActiveThreshold(value, field.config.thresholds?.steps);
      return [value, grafana.formattedValueToString(shown), step.color];
    });
  }
  return { of: hashOf(panel), colors, figures };
}

const hashOf = ({ fieldConfig }) =>
  createHash("sha256").update(JSON.stringify(fieldConfig)).digest("hex").slice(0, 12);

const folder = mkdtempSync(join(tmpdir(), "grafana-rules-"));
try {
  const grafana = installed(folder);
  const panels = {};
  for (const file of readdirSync(BOARDS).toSorted()) {
    const board = JSON.parse(readFileSync(`${BOARDS}/${file}`, "utf8"));
    for (const panel of board.panels.filter((one) => one.type !== "row")) {
      panels[`${board.uid}: ${panel.title}`] = answersOf(grafana, panel);
    }
  }
  const lines = Object.entries(panels).map(
    ([name, one]) => `${JSON.stringify(name)}: ${JSON.stringify(one)}`,
  );
  writeFileSync(ANSWERS, `{\n"grafana": "${VERSION}",\n"panels": {\n${lines.join(",\n")}\n}\n}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
