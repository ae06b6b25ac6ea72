// Small drawings that are not over time: calibration, trends from drill to drill, who calls whom.

import { html } from "../lib.js";
import { circle } from "../logic/moments.js";
import { laneOf } from "./colors.js";

/** How sure people were against how often they were right; on the line is well calibrated. */
export function Calibration({ bins }) {
  if (!bins.length) return html`<p class="muted">No forecast resolved yet.</p>`;
  const at = (bin) => ({ x: 30 + 2 * bin.mean_percent, y: 220 - 200 * bin.true_share });
  const most = Math.max(...bins.map((bin) => bin.count));
  return html`<figure class="v-plot"><svg viewBox="0 0 250 250" role="img" aria-label=${bins.map((bin) => `forecast ${Math.round(bin.mean_percent)} percent, came true ${Math.round(bin.true_share * 100)} percent of ${bin.count}`).join("; ")}>
    ${[0, 25, 50, 75, 100].map((tick) => html`<g key=${tick} class="v-axis">
      <line x1="30" x2="230" y1=${220 - 2 * tick} y2=${220 - 2 * tick} /><text x="26" y=${224 - 2 * tick} text-anchor="end">${tick}</text><text x=${30 + 2 * tick} y="236" text-anchor="middle">${tick}</text></g>`)}
    <line class="v-ideal" x1="30" y1="220" x2="230" y2="20" />
    <polyline class="v-curve" points=${bins.map((bin) => `${at(bin).x},${at(bin).y}`).join(" ")} />
    ${bins.map((bin) => html`<circle key=${bin.low} class="v-point" cx=${at(bin).x} cy=${at(bin).y} r=${4 + (5 * bin.count) / most}><title>${bin.count} forecasts of ${bin.low} to ${bin.high} %</title></circle>`)}
    <text x="130" y="249" text-anchor="middle" class="v-axis-name">said, %</text></svg>
    <figcaption>came true, % (up). Below the line: too sure. Above it: not sure enough.</figcaption></figure>`;
}

/** One figure from drill to drill; gaps are drills without it. */
export function Trend({ points, format, title, isGoodLow = true }) {
  const known = points.filter((point) => point.value !== null && point.value !== undefined);
  if (!known.length) return html`<div class="v-trend"><h3>${title}</h3><p class="muted">no data yet</p></div>`;
  const top = Math.max(...known.map((point) => point.value), 0) || 1;
  const x = (index) => (points.length === 1 ? 100 : 6 + (188 * index) / (points.length - 1));
  const y = (value) => 56 - (48 * value) / top;
  const [first, last] = [known[0].value, known.at(-1).value];
  const isBetter = last === first ? null : last < first === isGoodLow;
  const placed = points.map((point, index) => ({ ...point, x: x(index) })).filter((point) => point.value !== null && point.value !== undefined);
  return html`<div class="v-trend"><h3>${title}</h3>
    <p class="v-figure">${format(last)} ${known.length > 1 && isBetter !== null && html`<small class=${isBetter ? "v-good" : "v-warn"}>${isBetter ? "✓ better" : "▲ worse"} than the first drill (${format(first)})</small>`}</p>
    <svg viewBox="0 0 200 60" preserveAspectRatio="none" role="img" aria-label=${placed.map((point) => `${point.label}: ${format(point.value)}`).join("; ")}>
      <polyline class="v-curve" points=${placed.map((point) => `${point.x},${y(point.value)}`).join(" ")} />
      ${placed.map((point) => html`<circle key=${point.label} class="v-point" cx=${point.x} cy=${y(point.value)} r="2.5"><title>${point.label}: ${format(point.value)}</title></circle>`)}</svg></div>`;
}

/** Services around a circle with an arrow for each pair that calls, as thick as it is busy. */
export function CallGraph({ names, edges, most }) {
  const places = circle(names);
  const at = (name) => ({ x: 130 + 95 * places.get(name).x, y: 120 + 90 * places.get(name).y });
  const drawn = edges.filter((edge) => places.has(edge.from) && places.has(edge.to));
  return html`<svg class="v-graph" viewBox="0 0 260 250" role="img" aria-label=${drawn.map((edge) => `${edge.from} to ${edge.to}: ${edge.perS.toFixed(1)} per second`).join("; ") || "no calls"}>
    <defs><marker id="v-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z" /></marker></defs>
    ${drawn.map((edge) => html`<${Arrow} key=${`${edge.from} ${edge.to}`} edge=${edge} from=${at(edge.from)} to=${at(edge.to)} most=${most} />`)}
    ${names.map((name) => html`<g key=${name} transform=${`translate(${at(name).x},${at(name).y})`}><circle r="12" fill=${laneOf(name)} /><text y="26" text-anchor="middle">${name}</text></g>`)}
  </svg>`;
}

function Arrow({ edge, from, to, most }) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  // Bent to its own right: the way there and the way back are two lines.
  const bend = { x: (from.x + to.x) / 2 - (dy / length) * 16, y: (from.y + to.y) / 2 + (dx / length) * 16 };
  const short = (point, other) => {
    const away = Math.hypot(other.x - point.x, other.y - point.y) || 1;
    return { x: point.x + ((other.x - point.x) * 16) / away, y: point.y + ((other.y - point.y) * 16) / away };
  };
  const [begin, end] = [short(from, bend), short(to, bend)];
  return html`<path class="v-arrow" d=${`M${begin.x} ${begin.y} Q${bend.x} ${bend.y} ${end.x} ${end.y}`} style=${{ strokeWidth: 1 + 4 * Math.sqrt(edge.perS / most) }} marker-end="url(#v-tip)"><title>${edge.from} → ${edge.to}: ${edge.perS.toFixed(1)} /s</title></path>`;
}
