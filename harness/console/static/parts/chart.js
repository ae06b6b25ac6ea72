// One chart over time: uPlot with marks, a cursor that all charts share, and drag to zoom.

import { html, useEffect, useMemo, useRef } from "../lib.js";
import { clock, inUnit } from "../logic/format.js";
import { seriesColor } from "./colors.js";
import { placeExemplars } from "./exemplars.js";
import { ink, useTheme } from "./kit.js";

const MARK_TONE = { page: "--bad", failed: "--bad", passed: "--good", rollback: "--good", restart: "--warn", alert: "--bad" };
const LABEL_ROOM = 64;
const FILLED_MAX = 3;
const SHARED = new Set(["mousemove", "mouseenter", "mouseleave"]);

/** What uPlot draws: stacked series as sums, the uppermost first so that the others cover it. */
function columnsOf(times, series, isStacked) {
  if (!isStacked) return [times, ...series.map((one) => one.values)];
  const sums = [];
  let below = times.map(() => 0);
  for (const one of series) {
    below = below.map((sum, index) => sum + (one.values[index] ?? 0));
    sums.unshift(below);
  }
  return [times, ...sums];
}

function drawMarks(plot, marks) {
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

function optionsOf({ series, unit, decimals, isStacked, isStepped, min, max, fill, sync, latest }) {
  const [muted, line] = [ink("--muted"), ink("--line")];
  const shown = isStacked ? [...series].reverse() : series;
  // Many areas one over the other add up to a grey one.
  const isFilled = fill && (isStacked || series.length <= FILLED_MAX);
  const axis = { stroke: muted, font: "11px system-ui, sans-serif", grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } };
  return {
    width: 300,
    height: 160,
    padding: [8, 8, 0, 0],
    cursor: {
      sync: sync ? { key: sync, filters: { pub: (type) => SHARED.has(type) } } : undefined,
      drag: { x: true, y: false, setScale: false },
      focus: { prox: 24 },
    },
    focus: { alpha: 0.35 },
    legend: { live: true },
    scales: { x: { time: true }, y: { range: (_, low, high) => rangeOf(low, high, min, max) } },
    axes: [
      { ...axis, size: 26, gap: 4, values: (_, ticks) => ticks.map((at) => clock(at * 1000).slice(0, ticks.length > 1 && ticks[1] - ticks[0] < 60 ? 8 : 5)), space: 70 },
      { ...axis, size: 62, values: (_, ticks) => ticks.map((value) => inUnit(value, unit, undefined)) },
    ],
    series: [
      { label: "time", value: (_, at) => (at ? clock(at * 1000) : "") },
      ...shown.map((one) => {
        const color = seriesColor(one.label, series.indexOf(one));
        return {
          label: one.label || "value",
          stroke: color,
          width: 1.5,
          fill: isFilled ? `${color}${isStacked ? "55" : "18"}` : undefined,
          paths: isStepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
          points: { show: false },
          // The latest figures, not those that the plot was made with: stacked ones are sums.
          value: (_, drawn, seriesIndex, index) => {
            const column = latest.current.series[isStacked ? series.length - seriesIndex : seriesIndex - 1];
            // Without a cursor, the newest figure.
            return inUnit(index === null ? newest(column) : column?.values[index], unit, decimals);
          },
        };
      }),
    ],
    hooks: {
      draw: [
        (plot) => drawMarks(plot, latest.current.marks ?? []),
        (plot) => placeExemplars(plot, latest.current.exemplars ?? [], unit),
      ],
      setSelect: [(plot) => zoomed(plot, latest.current.onZoom)],
    },
  };
}

function rangeOf(low, high, min, max) {
  const bottom = min ?? Math.min(0, low ?? 0);
  const top = max ?? (high ?? 0) * 1.08;
  return [bottom, top > bottom ? top : bottom + 1];
}

function zoomed(plot, onZoom) {
  const { left, width } = plot.select;
  if (width < 6) return;
  const [begin, end] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
  plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  if (onZoom && end - begin >= 2) onZoom(Math.floor(begin), Math.ceil(end));
}

/**
 * `times` in seconds, `series` as `{label, values}`, `marks` as `{atS, kind, label}`, `exemplars` as
 * the API has them; `onZoom` is called with the seconds that were dragged over.
 */
export function Chart(props) {
  const { times, series, unit, isStacked = false, isStepped = false, min, max, height = 180, title } = props;
  const box = useRef(null);
  const plot = useRef(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = useTheme();
  const shape = series.map((one) => one.label).join("\u0000");
  const data = useMemo(() => columnsOf(times, series, isStacked), [times, series, isStacked]);
  useEffect(() => {
    // Not `box.current` later on: React forgets it a moment before it cleans up.
    const holder = box.current;
    const made = new uPlot({ ...optionsOf({ ...props, latest }), height }, data, holder);
    plot.current = made;
    const fit = () => made.setSize({ width: Math.max(120, holder.clientWidth), height });
    const watcher = new ResizeObserver(fit);
    watcher.observe(holder);
    fit();
    return () => {
      watcher.disconnect();
      made.destroy();
    };
  }, [shape, unit, isStacked, isStepped, min, max, height, theme]);
  useEffect(() => {
    plot.current.setData(data);
  }, [data, props.marks, props.exemplars]);
  return html`<div class="v-chart" ref=${box} role="figure" aria-label=${`${title ?? "chart"}: ${spoken(series, unit)}`}></div>`;
}

function newest(series) {
  return series?.values.findLast((value) => value !== null) ?? null;
}

/** The newest figure of each series, for those who do not see the lines. */
function spoken(series, unit) {
  const said = series.slice(0, 8).map((one) => `${one.label} ${inUnit(newest(one), unit)}`);
  return said.join(", ") || "no data";
}
