import type { Labels } from "@/api/telemetry";
import { expect, test } from "vitest";
import { columns, merged } from "./tables";

const one = (labels: Labels, value: number) => ({ labels, values: [value] });

test("queries with the same labels are one row", () => {
  const rows = merged([
    { refId: "A", series: [one({ service: "a" }, 1), one({ service: "b" }, 2)] },
    { refId: "B", series: [one({ service: "b" }, 20)] },
    { refId: "E", series: [one({ service: "a", version: "1.0" }, 1)] },
  ]);
  expect(rows).toEqual([
    { service: "a", "Value #A": 1, version: "1.0", "Value #E": 1 },
    { service: "b", "Value #A": 2, "Value #B": 20 },
  ]);
});

test("rows with other labels stay apart", () => {
  const rows = merged([
    { refId: "A", series: [one({ alertname: "X" }, 1), one({ alertname: "Y" }, 1)] },
  ]);
  expect(rows).toEqual([
    { alertname: "X", Value: 1 },
    { alertname: "Y", Value: 1 },
  ]);
});

test("columns are those that the panel names, in its order, by its names", () => {
  const panel = {
    fieldConfig: {
      defaults: { unit: "none", thresholds: { steps: [] } },
      overrides: [
        {
          matcher: { id: "byName", options: "Errors" },
          properties: [{ id: "unit", value: "percentunit" }],
        },
      ],
    },
    transformations: [
      { id: "merge", options: {} },
      { id: "filterFieldsByName", options: { include: { names: ["Value #B", "service"] } } },
      {
        id: "organize",
        options: {
          indexByName: { service: 0, "Value #B": 1 },
          renameByName: { "Value #B": "Errors" },
        },
      },
    ],
  };
  const found = columns(panel, [{ service: "a", "Value #A": 1, "Value #B": 2 }]);
  expect(found.map((column) => [column.title, column.field.unit])).toEqual([
    ["service", "none"],
    ["Errors", "percentunit"],
  ]);
});
