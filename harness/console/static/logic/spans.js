// A trace as a tree, and the tree as the rows of a waterfall.

/** Siblings that are the same operation are one row from this many on. */
export const FOLD_FROM = 3;

function parentOf(span) {
  return span.references?.find((one) => one.refType === "CHILD_OF")?.spanID ?? null;
}

function tagsOf(span) {
  return Object.fromEntries((span.tags ?? []).map((tag) => [tag.key, tag.value]));
}

/** Jaeger's trace as `{traceId, startMs, durationMs, services, roots, count}`; times in ms. */
export function readTrace(data) {
  const nodes = new Map();
  for (const span of data.spans) {
    const tags = tagsOf(span);
    nodes.set(span.spanID, {
      id: span.spanID,
      parent: parentOf(span),
      service: data.processes[span.processID].serviceName,
      operation: span.operationName,
      kind: tags["span.kind"] ?? "internal",
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
  const roots = [];
  for (const node of nodes.values()) {
    const above = node.parent === node.id ? undefined : nodes.get(node.parent);
    (above ? above.children : roots).push(node);
  }
  const inTime = (left, right) => left.startMs - right.startMs;
  for (const node of nodes.values()) node.children.sort(inTime);
  roots.sort(inTime);
  const all = [...nodes.values()];
  const startMs = Math.min(...all.map((one) => one.startMs));
  const endMs = Math.max(...all.map((one) => one.startMs + one.durationMs));
  const services = [...new Set([...all].sort(inTime).map((one) => one.service))];
  return { traceId: data.traceID, startMs, durationMs: endMs - startMs, services, roots, count: all.length };
}

/** Neighbours among siblings that look alike: one group each, in order of their first. */
export function groups(siblings) {
  const found = new Map();
  for (const span of siblings) {
    const key = `${span.service}\u0000${span.operation}\u0000${span.kind}`;
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(span);
  }
  return [...found.values()].flatMap((group) =>
    group.length >= FOLD_FROM ? [group] : group.map((span) => [span]),
  ).sort((left, right) => left[0].startMs - right[0].startMs);
}

/**
 * The visible rows: `{key, depth, span, count, totalMs, startMs, endMs, failed, hasMore, isOpen}`.
 * `open` holds the keys of groups that are unfolded, `closed` those of spans that are folded up.
 */
export function rows(trace, open = new Set(), closed = new Set()) {
  const found = [];
  // A stack, not recursion: a trace may be as deep as it is long.
  const waiting = groups(trace.roots).reverse().map((group) => ({ group, depth: 0 }));
  while (waiting.length) {
    const { group, depth, single } = waiting.pop();
    const isFolded = group.length > 1 && !single;
    const key = isFolded ? `g${group[0].id}` : group[0].id;
    const isOpen = isFolded ? open.has(key) : !closed.has(key);
    found.push(rowOf(group, key, depth, isFolded, isOpen));
    if (!isOpen) continue;
    const below = isFolded
      ? group.map((span) => ({ group: [span], depth: depth + 1, single: true }))
      : groups(group[0].children).map((inner) => ({ group: inner, depth: depth + 1 }));
    waiting.push(...below.reverse());
  }
  return found;
}

function rowOf(group, key, depth, isFolded, isOpen) {
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
export function chain(trace, spanId) {
  const parents = new Map();
  const waiting = [...trace.roots];
  while (waiting.length) {
    const span = waiting.pop();
    for (const child of span.children) {
      parents.set(child.id, span);
      waiting.push(child);
    }
    if (span.id === spanId) {
      const names = [];
      for (let at = span; at; at = parents.get(at.id)) {
        if (names[0] !== at.service) names.unshift(at.service);
      }
      return names;
    }
  }
  return [];
}
