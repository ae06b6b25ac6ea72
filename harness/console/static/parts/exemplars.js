// Observations that have a trace, as links on the chart that they are part of.

import { clock, inUnit } from "../logic/format.js";
import { href } from "./kit.js";

/** Lays a link over `plot` for each of `exemplars`; one that is off the scale lies at its edge. */
export function placeExemplars(plot, exemplars, unit) {
  const { over } = plot;
  const kept = new Map([...over.querySelectorAll(".v-exemplar")].map((link) => [link.dataset.trace, link]));
  const { min, max } = plot.scales.x;
  // Two queries of a panel may have the same trace.
  const known = new Map(exemplars.map((one) => [one.trace_id, one]));
  for (const [trace, { at_s: at, value }] of known) {
    if (at < min || at > max) continue;
    const link = kept.get(trace) ?? madeLink(plot, trace, `${inUnit(value, unit)} at ${clock(at * 1000)}: open the trace`);
    const top = Math.min(over.clientHeight, Math.max(0, plot.valToPos(value, "y")));
    Object.assign(link.style, { left: `${plot.valToPos(at, "x")}px`, top: `${top}px` });
    kept.delete(trace);
  }
  for (const link of kept.values()) link.remove();
}

function madeLink(plot, trace, words) {
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
