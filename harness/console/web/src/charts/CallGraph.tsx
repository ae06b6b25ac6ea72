import type { CallEdge, Point } from "@/lib/moments";
import { circle } from "@/lib/moments";
import { laneOf } from "./colors";

/** Services around a circle with an arrow for each pair that calls, as thick as it is busy. */
export function CallGraph({
  names,
  edges,
  most,
}: {
  names: readonly string[];
  edges: readonly CallEdge[];
  most: number;
}) {
  const places = circle(names);
  const at = (name: string) => {
    const { x, y } = places.get(name) ?? { x: 0, y: 0 };
    return { x: 130 + 95 * x, y: 120 + 90 * y };
  };
  const drawn = edges.filter((edge) => places.has(edge.from) && places.has(edge.to));
  return (
    <svg
      className="v-graph"
      viewBox="0 0 260 250"
      role="img"
      aria-label={
        drawn
          .map((edge) => `${edge.from} to ${edge.to}: ${edge.perS.toFixed(1)} per second`)
          .join("; ") || "no calls"
      }
    >
      <defs>
        <marker
          id="v-tip"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0 L8 4 L0 8 z" />
        </marker>
      </defs>
      {drawn.map((edge) => (
        <Arrow
          key={`${edge.from} ${edge.to}`}
          edge={edge}
          from={at(edge.from)}
          to={at(edge.to)}
          most={most}
        />
      ))}
      {names.map((name) => (
        <g key={name} transform={`translate(${at(name).x},${at(name).y})`}>
          <circle r="12" fill={laneOf(name)} />
          <text y="26" textAnchor="middle">
            {name}
          </text>
        </g>
      ))}
    </svg>
  );
}

function Arrow({ edge, from, to, most }: { edge: CallEdge; from: Point; to: Point; most: number }) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  // Bent to its own right: the way there and the way back are two lines.
  const bend = {
    x: (from.x + to.x) / 2 - (dy / length) * 16,
    y: (from.y + to.y) / 2 + (dx / length) * 16,
  };
  const short = (point: Point, other: Point) => {
    const away = Math.hypot(other.x - point.x, other.y - point.y) || 1;
    return {
      x: point.x + ((other.x - point.x) * 16) / away,
      y: point.y + ((other.y - point.y) * 16) / away,
    };
  };
  const [begin, end] = [short(from, bend), short(to, bend)];
  return (
    <path
      className="v-arrow"
      d={`M${begin.x} ${begin.y} Q${bend.x} ${bend.y} ${end.x} ${end.y}`}
      style={{ strokeWidth: 1 + 4 * Math.sqrt(edge.perS / most) }}
      markerEnd="url(#v-tip)"
    >
      <title>
        {edge.from} → {edge.to}: {edge.perS.toFixed(1)} /s
      </title>
    </path>
  );
}
