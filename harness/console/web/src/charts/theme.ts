// The colours of tokens.css where variables are not understood: on a canvas.

import { useSyncExternalStore } from "react";
import type { NamedColor } from "./colors";

const known = new Map<string, string>();
const listeners = new Set<() => void>();
let round = 0;

function turned() {
  round += 1;
  known.clear();
  for (const listener of listeners) listener();
}

function watch() {
  const element = document.documentElement;
  new MutationObserver(turned).observe(element, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", turned);
}

function subscribe(listener: () => void) {
  if (!round) {
    round = 1;
    watch();
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Counts up whenever light turns to dark or back: what is drawn on a canvas has to be drawn anew. */
export function useTheme(): number {
  return useSyncExternalStore(subscribe, () => round);
}

/** What one of the variables is just now, as `rgb(…)`. */
export function ink(name: string): string {
  const before = known.get(name);
  if (before) return before;
  // Of a variable the browser tells its text, of an element the colour that this comes to.
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  known.set(name, color);
  return color;
}

/** The same colour as a veil, of which `alpha` is seen. */
export function faded(color: string, alpha: number): string {
  return color.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

/** A share of a colour on a ground, as one that lets nothing through. */
export function mixed(color: string, ground: string, share: number): string {
  const below = channels(ground);
  const parts = channels(color).map((channel, index) =>
    Math.round(share * channel + (1 - share) * (below[index] ?? channel)),
  );
  return `rgb(${parts.join(", ")})`;
}

/** How much a shade has of its colour; the rest is the ground's or the text's. */
const SHADE = 0.62;

/** One of a dashboard's colours, in its shade. */
export function inkOf({ name, shade }: NamedColor): string {
  const color = ink(name);
  return shade ? mixed(color, ink(shade === "light" ? "--panel" : "--ink"), SHADE) : color;
}

const channels = (color: string) => (color.match(/\d+/g) ?? []).slice(0, 3).map(Number);
