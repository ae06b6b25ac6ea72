import type { MouseEvent } from "react";
import type { Value } from "@/api/telemetry";
import type { InkedSeries } from "./props";
import { newest } from "./props";

/** The series by name, with the newest figure of each. A click shows one alone, with Ctrl it hides one. */
export function Legend({
  series,
  hidden,
  onHide,
  figure,
}: {
  series: readonly InkedSeries[];
  hidden: ReadonlySet<string>;
  onHide: (hidden: ReadonlySet<string>) => void;
  figure: (value: Value | undefined) => string;
}) {
  const labels = series.map((one) => one.label);
  const pick = (label: string) => (event: MouseEvent) => {
    const isOne = event.ctrlKey || event.metaKey || event.shiftKey;
    onHide(isOne ? toggled(hidden, label) : alone(labels, hidden, label));
  };
  return (
    <ul className="v-legend" aria-label="Series">
      {series.map((one, index) => (
        <li key={`${index} ${one.label}`}>
          <button
            type="button"
            aria-pressed={!hidden.has(one.label)}
            title="Show this one alone; with Ctrl, hide or show it"
            onClick={pick(one.label)}
          >
            <i style={{ background: one.ink }} />
            {one.label || "value"} <span className="v-legend-value">{figure(newest(one))}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function toggled(hidden: ReadonlySet<string>, label: string): Set<string> {
  const next = new Set(hidden);
  if (!next.delete(label)) next.add(label);
  return next;
}

/** All others hidden; or none, where it already was alone. */
function alone(labels: readonly string[], hidden: ReadonlySet<string>, label: string) {
  const others = labels.filter((one) => one !== label);
  const isAlone = !hidden.has(label) && others.every((one) => hidden.has(one));
  return new Set(isAlone ? [] : others);
}
