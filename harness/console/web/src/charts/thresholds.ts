import type uPlot from "uplot";
import type { ThresholdStep } from "@/api/dashboards";
import { namedColor } from "./colors";
import { inkOf } from "./theme";

const DASHES = [6, 4];

/** A dashed line at each threshold that is on the scale, in the colour that begins there. */
export function drawThresholds(plot: uPlot, steps: readonly ThresholdStep[]) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  ctx.save();
  ctx.lineWidth = 1.5 * ratio;
  ctx.globalAlpha = 0.7;
  ctx.setLineDash(DASHES.map((length) => length * ratio));
  for (const { value, color } of steps) {
    const named = namedColor(color);
    if (value === null || !named) continue;
    const y = Math.round(plot.valToPos(value, "y", true));
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.strokeStyle = inkOf(named);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}
