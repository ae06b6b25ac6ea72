// A trace as a tree, and the tree as the rows of a waterfall.

import type { JaegerSpan, JaegerTrace } from "@/api/telemetry";

export interface SpanEvent {
  atMs: number;
  fields: Record<string, unknown>;
}

export interface SpanNode {
  id: string;
  parent: string | null;
  service: string;
  operation: string;
  kind: string;
  startMs: number;
  durationMs: number;
  failed: boolean;
  tags: Record<string, unknown>;
  events: SpanEvent[];
  children: SpanNode[];
}

export interface Trace {
  traceId: string;
  startMs: number;
  durationMs: number;
  services: string[];
  roots: SpanNode[];
  count: number;
}

export interface SpanRow {
  key: string;
  depth: number;
  span: SpanNode;
  count: number;
  totalMs: number;
  startMs: number;
  endMs: number;
  failed: boolean;
  hasMore: boolean;
  isOpen: boolean;
}

/** Spans of which there is at least one. */
type Group = [SpanNode, ...SpanNode[]];

/** A group that has not become a row yet; `single` for one of a group that was unfolded. */
interface Waiting {
  group: Group;
  depth: number;
  single?: boolean;
}

/** Siblings that are the same operation are one row from this many on. */
export const FOLD_FROM = 3;

function parentOf(span: JaegerSpan): string | null {
  return span.references?.find((one) => one.refType === "CHILD_OF")?.spanID ?? null;
}

function tagsOf(span: JaegerSpan): Record<string, unknown> {
  return Object.fromEntries((span.tags ?? []).map((tag) => [tag.key, tag.value]));
}

/** Jaeger's trace as `{traceId, startMs, durationMs, services, roots, count}`; times in ms. */
export function readTrace(data: JaegerTrace): Trace {
  const nodes = new Map<string, SpanNode>();
  for (const span of data.spans) {
    const tags = tagsOf(span);
    nodes.set(span.spanID, {
      id: span.spanID,
      parent: parentOf(span),
      service: data.processes[span.processID]?.serviceName ?? "",
      operation: span.operationName,
      kind: String(tags["span.kind"] ?? "internal"),
      startMs: span.startTime / 1000,
      durationMs: span.duration / 1000,
      failed: tags.error === true || tags.error === "true",
      tags,
      events: (span.logs ?? []).map((one) => ({
        atMs: one.timestamp / 1000,
        fields: Object.fromEntries(one.fields.map((field) => [field.key, field.value])),
      })),
      children: [],
    });
  }
  const roots: SpanNode[] = [];
  for (const node of nodes.values()) {
    const above = node.parent === node.id ? undefined : nodes.get(node.parent ?? "");
    (above ? above.children : roots).push(node);
  }
  const inTime = (left: SpanNode, right: SpanNode) => left.startMs - right.startMs;
  for (const node of nodes.values()) node.children.sort(inTime);
  roots.sort(inTime);
  const all = [...nodes.values()];
  const startMs = Math.min(...all.map((one) => one.startMs));
  const endMs = Math.max(...all.map((one) => one.startMs + one.durationMs));
  const services = [...new Set(all.toSorted(inTime).map((one) => one.service))];
  return {
    traceId: data.traceID,
    startMs,
    durationMs: endMs - startMs,
    services,
    roots,
    count: all.length,
  };
}

/** Neighbours among siblings that look alike: one group each, in order of their first. */
export function groups(siblings: readonly SpanNode[]): Group[] {
  const found = new Map<string, Group>();
  for (const span of siblings) {
    const key = `${span.service}\u0000${span.operation}\u0000${span.kind}`;
    const group = found.get(key);
    if (group) group.push(span);
    else found.set(key, [span]);
  }
  return [...found.values()]
    .flatMap((group): Group[] =>
      group.length >= FOLD_FROM ? [group] : group.map((span) => [span]),
    )
    .toSorted((left, right) => left[0].startMs - right[0].startMs);
}

/**
 * The visible rows: `{key, depth, span, count, totalMs, startMs, endMs, failed, hasMore, isOpen}`.
 * `open` holds the keys of groups that are unfolded, `closed` those of spans that are folded up.
 */
export function rows(
  trace: Trace,
  open: ReadonlySet<string> = new Set(),
  closed: ReadonlySet<string> = new Set(),
): SpanRow[] {
  const found: SpanRow[] = [];
  // A stack, not recursion: a trace may be as deep as it is long.
  const waiting: Waiting[] = groups(trace.roots)
    .toReversed()
    .map((group) => ({ group, depth: 0 }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { group, depth, single } = next;
    const isFolded = group.length > 1 && !single;
    const key = isFolded ? `g${group[0].id}` : group[0].id;
    const isOpen = isFolded ? open.has(key) : !closed.has(key);
    found.push(rowOf(group, key, depth, isFolded, isOpen));
    if (!isOpen) continue;
    const below: Waiting[] = isFolded
      ? group.map((span) => ({ group: [span], depth: depth + 1, single: true }))
      : groups(group[0].children).map((inner) => ({ group: inner, depth: depth + 1 }));
    waiting.push(...below.toReversed());
  }
  return found;
}

function rowOf(
  group: Group,
  key: string,
  depth: number,
  isFolded: boolean,
  isOpen: boolean,
): SpanRow {
  const first = group[0];
  return {
    key,
    depth,
    span: first,
    count: isFolded ? group.length : 1,
    totalMs: group.reduce((sum, one) => sum + one.durationMs, 0),
    startMs: Math.min(...group.map((one) => one.startMs)),
    endMs: Math.max(...group.map((one) => one.startMs + one.durationMs)),
    failed: group.some((one) => one.failed),
    hasMore: isFolded || first.children.length > 0,
    isOpen,
  };
}

/** How far below the top the deepest row of a service-to-service hop is; the chain of services. */
export function chain(trace: Trace, spanId: string): string[] {
  const parents = new Map<string, SpanNode>();
  const waiting = [...trace.roots];
  for (let span = waiting.pop(); span; span = waiting.pop()) {
    for (const child of span.children) {
      parents.set(child.id, span);
      waiting.push(child);
    }
    if (span.id === spanId) {
      const names: string[] = [];
      for (let at: SpanNode | undefined = span; at; at = parents.get(at.id)) {
        if (names[0] !== at.service) names.unshift(at.service);
      }
      return names;
    }
  }
  return [];
}
