// Who calls whom, with the rate, errors and latency of every edge as the callers measure them.

import { useMemo } from "react";
import type { Service } from "@/api/types";
import { milliseconds, percent, rate } from "@/lib/format";
import type { Point } from "@/lib/moments";
import { toneOfErrors, toneOfService } from "@/lib/tones";
import { layout, NODE } from "./mapLayout";
import type { MeasuredEdge } from "./useEdges";
import { useEdges } from "./useEdges";

interface EdgeProps {
  name: string;
  at: ReadonlyMap<string, Point>;
  edge: MeasuredEdge | undefined;
}

export function ServiceMap({ services }: { services: readonly Service[] }) {
  const { at, width, height } = useMemo(() => layout(services), [services]);
  const edges = useEdges();
  const planned = services.flatMap((one) => one.calls.map((peer) => `${one.name} ${peer}`));
  // A call that nobody planned is drawn like any other, where it is measured.
  const seen = [...edges.values()]
    .filter((edge) => at.has(edge.service) && at.has(edge.peer) && (edge.rate ?? 0) > 0)
    .map((edge) => `${edge.service} ${edge.peer}`);
  const all = [...new Set([...planned, ...seen])];
  // Calls that end at one service are told one below the other.
  const order = (key: string) =>
    all.filter((one) => one.split(" ")[1] === key.split(" ")[1]).indexOf(key);
  return (
    <div className="scroll" tabIndex={0}>
      <svg
        className="map"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={describe(services, edges)}
      >
        {all.map((key) => (
          <Edge key={key} name={key} at={at} edge={edges.get(key)} />
        ))}
        {all.map((key) => (
          <EdgeLabel key={key} name={key} at={at} edge={edges.get(key)} order={order(key)} />
        ))}
        {services.map((one) => (
          <Node key={one.name} service={one} at={at.get(one.name)} />
        ))}
      </svg>
    </div>
  );
}

function Node({ service, at }: { service: Service; at: Point | undefined }) {
  if (!at) return null;
  const tone = toneOfService(service.up, service.error_ratio);
  return (
    <g transform={`translate(${at.x},${at.y})`}>
      <title>{`${service.name} ${service.version || ""}: ${service.summary}`}</title>
      <rect className={`node ${tone}`} width={NODE.width} height={NODE.height} rx="6" />
      <text x="10" y="19">
        {service.name} <tspan className="small">{service.version || ""}</tspan>
      </text>
      <text className="small" x="10" y="36">
        {rate(service.requests_per_s)} · {percent(service.error_ratio, 0)} ·{" "}
        {milliseconds(service.p95_ms)}
      </text>
    </g>
  );
}

function Edge({ name, at, edge }: EdgeProps) {
  const [from, to] = name.split(" ").map((one) => at.get(one));
  if (!from || !to) return null;
  const start = { x: from.x + NODE.width, y: from.y + NODE.height / 2 };
  const end = { x: to.x, y: to.y + NODE.height / 2 };
  const back = end.x <= start.x;
  const path = back
    ? `M ${from.x + NODE.width / 2} ${from.y} C ${from.x + NODE.width / 2} ${from.y - 30}, ${to.x + NODE.width / 2} ${to.y - 30}, ${to.x + NODE.width / 2} ${to.y}`
    : `M ${start.x} ${start.y} C ${start.x + NODE.gapX / 2} ${start.y}, ${end.x - NODE.gapX / 2} ${end.y}, ${end.x} ${end.y}`;
  const ratio = edge?.rate ? (edge.errors || 0) / edge.rate : 0;
  const text = edge?.rate
    ? `${rate(edge.rate)}, ${percent(ratio, 0)} failing, ${milliseconds((edge.seconds || 0) * 1000)}`
    : "no calls";
  return (
    <g>
      <title>{`${name.replace(" ", " → ")}: ${text}`}</title>
      <path className={`edge ${edge?.rate ? toneOfErrors(ratio) : ""}`} d={path} />
    </g>
  );
}

/** What its caller measures of a call, beside the service that is called; failures in words of their own. */
function EdgeLabel({ name, at, edge, order }: EdgeProps & { order: number }) {
  const [from, to] = name.split(" ").map((one) => at.get(one));
  if (!edge?.rate || !from || !to || to.x <= from.x) return null;
  const ratio = (edge.errors || 0) / edge.rate;
  const failing = toneOfErrors(ratio) !== "good" ? ` ✕ ${percent(ratio, 0)} ·` : "";
  // One string: the outline of a second piece would cover the end of the first.
  const told = `${rate(edge.rate)} ·${failing} ${milliseconds((edge.seconds || 0) * 1000)}`;
  return (
    <text
      className={`edge-label ${failing && "failing"}`}
      x={to.x - 7}
      y={to.y + NODE.height / 2 - 5 + 14 * order}
      textAnchor="end"
    >
      {told}
    </text>
  );
}

function describe(services: readonly Service[], edges: ReadonlyMap<string, MeasuredEdge>): string {
  const sick = services
    .filter((one) => toneOfService(one.up, one.error_ratio) === "bad")
    .map((one) => one.name);
  return `${services.length} services, ${edges.size} kinds of calls; failing: ${sick.join(", ") || "none"}`;
}
