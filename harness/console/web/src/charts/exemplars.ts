// Observations that have a trace, as links on the chart that they are part of.

import type uPlot from "uplot";
import type { Exemplar } from "@/api/telemetry";
import { href } from "@/lib/address";
import { clock, inUnit } from "@/lib/format";

/** Lays a link over `plot` for each of `exemplars`; one that is off the scale lies at its edge. */
export function placeExemplars(
  plot: uPlot,
  exemplars: readonly Exemplar[],
  unit: string | undefined,
) {
  const { over } = plot;
  const kept = new Map(
    [...over.querySelectorAll<HTMLAnchorElement>(".v-exemplar")].map((link) => [
      link.dataset.trace,
      link,
    ]),
  );
  const { min = -Infinity, max = Infinity } = plot.scales.x ?? {};
  // Two queries of a panel may have the same trace.
  const known = new Map(exemplars.map((one) => [one.trace_id, one]));
  for (const [trace, { at_s: at, value }] of known) {
    if (at < min || at > max) continue;
    const link =
      kept.get(trace) ??
      madeLink(plot, trace, `${inUnit(value, unit)} at ${clock(at * 1000)}: open the trace`);
    const top = Math.min(over.clientHeight, Math.max(0, plot.valToPos(value, "y")));
    Object.assign(link.style, { left: `${plot.valToPos(at, "x")}px`, top: `${top}px` });
    kept.delete(trace);
  }
  for (const link of kept.values()) link.remove();
}

function madeLink(plot: uPlot, trace: string, words: string): HTMLAnchorElement {
  const link = document.createElement("a");
  link.className = "v-exemplar";
  link.href = href("traces", { trace });
  link.dataset.trace = trace;
  link.title = words;
  link.setAttribute("aria-label", words);
  // A press on it is no begin of a zoom.
  link.addEventListener("mousedown", (event) => event.stopPropagation());
  plot.over.append(link);
  return link;
}
