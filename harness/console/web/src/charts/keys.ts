import type uPlot from "uplot";
import type { Zoom } from "./props";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10 };
/** How much of the time shown is kept. */
const ZOOMS: Record<string, number> = { "+": 0.5, "=": 0.5, "-": 2 };

/** The cursor by arrows, Page, Home and End; closer and wider by + and −. Says whether it was a key of ours. */
export function steer(plot: uPlot, key: string, onZoom: Zoom | undefined): boolean {
  const times = plot.data[0];
  const last = times.length - 1;
  const at = plot.cursor.idx ?? last;
  const zoom = ZOOMS[key];
  const wanted = key === "Home" ? 0 : key === "End" ? last : at + (STEPS[key] ?? 0);
  if (zoom && onZoom) {
    const [begin, end, middle] = [times[0] ?? 0, times[last] ?? 0, times[at] ?? 0];
    const half = Math.max(2, (zoom * (end - begin)) / 2);
    onZoom(Math.floor(middle - half), Math.ceil(middle + half));
  } else if (key === "Escape" && (plot.cursor.left ?? -1) >= 0) {
    plot.setCursor({ left: -10, top: -10 });
  } else if (STEPS[key] || key === "Home" || key === "End") {
    const moment = times[Math.min(last, Math.max(0, wanted))] ?? 0;
    plot.setCursor({ left: plot.valToPos(moment, "x"), top: plot.over.clientHeight / 4 });
  } else return false;
  return true;
}
