// A panel of Grafana's JSON as the console reads it: what holds for a field is what the panel says of
// all, and what its overrides say of that name; the last one counts.

import type { FieldConfig, Mapping, Override, ThresholdStep } from "@/api/dashboards";
import type { Figure, FigureTone } from "./format";
import { inUnit, mapped, tone } from "./format";

export interface Field {
  unit: string | undefined;
  decimals: number | undefined;
  steps: readonly ThresholdStep[];
  mappings: readonly Mapping[];
  /** Grafana's name of a colour that is the field's own. */
  color: string | undefined;
  /** Whether its cells are written in the colour of their threshold. */
  isColored: boolean;
  opensService: boolean;
}

const SLASHED = /^\/(.*)\/([gimsy]*)$/;

/** Grafana's rule: an expression without slashes has to match the whole name. */
export function isMeant(name: string, { id, options }: Override["matcher"]): boolean {
  if (id !== "byRegexp") return id === "byName" && options === name;
  const [, inner, flags] = SLASHED.exec(options) ?? [];
  return (inner === undefined ? new RegExp(`^${options}$`) : new RegExp(inner, flags)).test(name);
}

export function fieldOf({ defaults, overrides }: FieldConfig, name: string): Field {
  const own = new Map<string, unknown>();
  for (const { matcher, properties } of overrides ?? []) {
    if (isMeant(name, matcher)) for (const { id, value } of properties) own.set(id, value);
  }
  const of = <T>(id: string) => own.get(id) as T | undefined;
  return {
    unit: of<string>("unit") ?? defaults.unit,
    decimals: of<number>("decimals") ?? defaults.decimals,
    steps: (of<{ steps: ThresholdStep[] }>("thresholds") ?? defaults.thresholds).steps,
    mappings: defaults.mappings ?? [],
    color: of<{ fixedColor?: string }>("color")?.fixedColor,
    isColored: of<{ type?: string }>("custom.cellOptions")?.type === "color-text",
    opensService: JSON.stringify(of("links") ?? "").includes("/d/service"),
  };
}

/** A value of the field as people read it: its word where it has one, else with its unit. */
export function textOf(field: Pick<Field, "unit" | "decimals" | "mappings">, value: Figure) {
  return mapped(value, field.mappings)?.text ?? inUnit(value, field.unit, field.decimals);
}

/** Which of our colours it has, by its word or by the thresholds. */
export function toneOf(field: Pick<Field, "steps" | "mappings">, value: Figure): FigureTone {
  return mapped(value, field.mappings)?.tone ?? tone(value, field.steps);
}
