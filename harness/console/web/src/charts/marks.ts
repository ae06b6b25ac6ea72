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
export const KINDS: Record<Mark["kind"], string> = {
  page: "page",
  failed: "verification",
  passed: "verification",
  rollback: "rollback",
  restart: "restart",
  deploy: "deploy",
  flag: "flag",
};
const LABEL_PX = 10;
const BESIDE_PX = 3;
const FLAG_PX = 4;

export const inkOfMark = ({ kind }: Mark): string => ink(MARK_TONE[kind] ?? "--accent");

interface Placed {
  x: number;
  width: number;
}

/**
 * Where the label of each mark begins, or null where it would be written over a neighbour's line or
 * label: right of its line, left of it at the right edge. All in one unit, `marks` from left to right.
 */
export function labelsAt(
  marks: readonly Placed[],
  [leftEdge, rightEdge]: readonly [number, number],
): (number | null)[] {
  let freeFrom = leftEdge;
  return marks.map(({ x, width }, index) => {
    const next = marks[index + 1]?.x ?? rightEdge;
    const from = Math.max(freeFrom, x);
    if (from === x && x + width <= next) {
      freeFrom = x + width;
      return x;
    }
    const isFree = x - width >= freeFrom && x - width >= (marks[index - 1]?.x ?? leftEdge);
    freeFrom = Math.max(freeFrom, x);
    return isFree ? x - width : null;
  });
}

export function drawMarks(plot: uPlot, marks: readonly Mark[]) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  const [left, right, bottom] = [bbox.left, bbox.left + bbox.width, bbox.top + bbox.height];
  ctx.save();
  ctx.textAlign = "left";
  ctx.font = `${LABEL_PX * ratio}px system-ui, sans-serif`;
  ctx.lineWidth = ratio;
  const placed = marks
    .map((mark) => ({
      mark,
      x: Math.round(plot.valToPos(mark.atS, "x", true)),
      width: ctx.measureText(mark.label).width + 2 * BESIDE_PX * ratio,
    }))
    .filter(({ x }) => x >= left && x <= right);
  const labels = labelsAt(placed, [left, right]);
  placed.forEach(({ mark, x }, index) => {
    ctx.strokeStyle = ctx.fillStyle = inkOfMark(mark);
    ctx.globalAlpha = 0.55;
    ctx.setLineDash(mark.kind === "page" ? [] : [4 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
    ctx.globalAlpha = 1;
    drawFlag(ctx, x, bottom, FLAG_PX * ratio);
    const at = labels[index];
    if (typeof at === "number") {
      ctx.fillText(mark.label, at + BESIDE_PX * ratio, bbox.top + LABEL_PX * ratio);
    }
  });
  ctx.restore();
}

/** What shows at the axis that there is something to read here. */
function drawFlag(ctx: CanvasRenderingContext2D, x: number, y: number, size: number) {
  ctx.beginPath();
  ctx.moveTo(x - size, y);
  ctx.lineTo(x + size, y);
  ctx.lineTo(x, y - size);
  ctx.fill();
}
