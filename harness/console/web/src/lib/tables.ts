// Grafana's table of several queries: rows with the same labels are one row.

import type { DrawnPanel } from "@/api/dashboards";
import type { Labels, Series, Value } from "@/api/telemetry";
import type { Field } from "./panels";
import { fieldOf } from "./panels";

export type Cell = string | Value | undefined;
export type TableRow = Record<string, Cell>;

export interface TableColumn {
  key: string;
  title: string;
  field: Field;
  isNumber: boolean;
}

const HIDDEN = new Set(["__name__"]);

function sameWhereBothHave(row: TableRow, labels: Labels): boolean {
  return Object.entries(labels).every(([name, value]) => !(name in row) || row[name] === value);
}

/** `answers` are `{refId, series}`: rows of labels, with each value under `Value #<refId>`. */
export function merged(
  answers: readonly { refId: string; series: readonly Series[] }[],
): TableRow[] {
  const rows: TableRow[] = [];
  for (const { refId, series } of answers) {
    const column = answers.length > 1 ? `Value #${refId}` : "Value";
    for (const { labels, values } of series) {
      const own = Object.fromEntries(Object.entries(labels).filter(([name]) => !HIDDEN.has(name)));
      const fitting = rows.filter((row) => !(column in row) && sameWhereBothHave(row, own));
      const target: TableRow = fitting[0] ?? {};
      if (!fitting.length) rows.push(target);
      Object.assign(target, own, { [column]: values.at(-1) });
    }
  }
  return rows;
}

/** Columns in their order, `{key, title, field}`, as the panel's transformations say. */
export function columns(
  panel: Pick<DrawnPanel, "transformations" | "fieldConfig">,
  rows: readonly TableRow[],
): TableColumn[] {
  const named = panel.transformations?.find((one) => one.id === "filterFieldsByName");
  const organised = panel.transformations?.find((one) => one.id === "organize")?.options;
  const all = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const keys = named?.options?.include?.names ?? all;
  const place = organised?.indexByName ?? {};
  return [...keys]
    .toSorted((left, right) => (place[left] ?? 99) - (place[right] ?? 99))
    .map((key) => {
      const title = organised?.renameByName?.[key] ?? key;
      return {
        key,
        title,
        field: fieldOf(panel.fieldConfig, title),
        isNumber: key.startsWith("Value"),
      };
    });
}
