// Grafana's table of several queries: rows with the same labels are one row.

const HIDDEN = new Set(["__name__"]);

function sameWhereBothHave(row, labels) {
  return Object.entries(labels).every(([name, value]) => !(name in row) || row[name] === value);
}

/** `answers` are `{refId, series}`: rows of labels, with each value under `Value #<refId>`. */
export function merged(answers) {
  const rows = [];
  for (const { refId, series } of answers) {
    const column = answers.length > 1 ? `Value #${refId}` : "Value";
    for (const { labels, values } of series) {
      const own = Object.fromEntries(Object.entries(labels).filter(([name]) => !HIDDEN.has(name)));
      const fitting = rows.filter((row) => !(column in row) && sameWhereBothHave(row, own));
      const target = fitting[0] ?? {};
      if (!fitting.length) rows.push(target);
      Object.assign(target, own, { [column]: values.at(-1) });
    }
  }
  return rows;
}

/** Columns in their order, `{key, title, unit, steps, links}`, as the panel's transformations say. */
export function columns(panel, rows) {
  const named = panel.transformations?.find((one) => one.id === "filterFieldsByName");
  const organised = panel.transformations?.find((one) => one.id === "organize")?.options ?? {};
  const all = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const keys = named?.options.include.names ?? all;
  const place = organised.indexByName ?? {};
  const overrides = panel.fieldConfig?.overrides ?? [];
  return [...keys]
    .sort((left, right) => (place[left] ?? 99) - (place[right] ?? 99))
    .map((key) => {
      const title = organised.renameByName?.[key] ?? key;
      const mine = overrides.find((one) => one.matcher.options === title)?.properties ?? [];
      const value = (id) => mine.find((one) => one.id === id)?.value;
      return {
        key,
        title,
        unit: value("unit"),
        steps: value("thresholds")?.steps,
        opensService: JSON.stringify(value("links") ?? "").includes("/d/service"),
        isNumber: key.startsWith("Value"),
      };
    });
}
