import type uPlot from "uplot";
import type { Mark } from "@/lib/moments";
import { ink } from "./theme";

const MARK_TONE: Partial<Record<Mark["kind"], string>> = {
  page: "--bad",
  failed: "--bad",
  passed: "--good",
  rollback: "--good",
  restart: "--warn",
};
const LABEL_ROOM = 64;

export function drawMarks(plot: uPlot, marks: readonly Mark[]) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  let freeFrom = -Infinity;
  ctx.save();
  ctx.textAlign = "left";
  ctx.font = `${10 * ratio}px system-ui, sans-serif`;
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.atS, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = ink(MARK_TONE[mark.kind] ?? "--accent");
    ctx.globalAlpha = 0.85;
    ctx.lineWidth = ratio;
    ctx.setLineDash(mark.kind === "page" ? [] : [4 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(mark.label).width + 8 * ratio;
    // A mark of just now has its label to the left, where there is room for it.
    const from = x + width > bbox.left + bbox.width ? x - width : x;
    if (from > freeFrom) {
      ctx.fillText(mark.label, from + 3 * ratio, bbox.top + 10 * ratio);
      freeFrom = from + Math.max(LABEL_ROOM * ratio, width);
    }
  }
  ctx.restore();
}
