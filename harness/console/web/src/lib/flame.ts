// What py-spy saw, as a tree of who called whom: read off speedscope's JSON, laid out as boxes.

export interface FlameFrame {
  name: string;
  /** File and line, as far as they are known. */
  place: string;
  /** Whether it is the shop's own code, and not a library's. */
  isOwn: boolean;
  /** Of all that was seen, 0 to 1: with all that it called, and without. */
  total: number;
  self: number;
  /** By name and place, in the order in which they were first seen. */
  calls: Map<string, FlameFrame>;
}

export interface FlameBox {
  /** The way from the root. */
  key: string;
  parent: string;
  frame: FlameFrame;
  depth: number;
  /** Of the whole width, 0 to 1. */
  left: number;
  width: number;
}

export interface HotFrame {
  name: string;
  place: string;
  isOwn: boolean;
  total: number;
  self: number;
}

interface Shape {
  shared: { frames: readonly { name: string; file?: string; line?: number }[] };
  profiles: readonly {
    name: string;
    samples: readonly (readonly number[])[];
    weights: readonly number[];
  }[];
}

const NARROWEST = 0.002;
/** py-spy names each thread once more, as its outermost call. */
const THREAD = /^thread \(\d+\)/;
const OWN = /(^|\/)services\//;

const labelOf = (frame: { name: string; place: string }) => `${frame.name} ${frame.place}`;

function frameOf(name: string, place: string): FlameFrame {
  return { name, place, isOwn: OWN.test(place), total: 0, self: 0, calls: new Map() };
}

function called(from: FlameFrame, name: string, place: string): FlameFrame {
  const key = labelOf({ name, place });
  const known = from.calls.get(key);
  if (known) return known;
  const made = frameOf(name, place);
  from.calls.set(key, made);
  return made;
}

/** Where a file is, without the folders that all of them are in. */
function shortPlace(file: string | undefined, line: number | undefined): string {
  const path = (file ?? "")
    .replace(/^.*\/(?:site-packages|lib\/python[\d.]+)\//, "")
    .replace(/^.*\/(services\/)/, "$1");
  return path && line ? `${path}:${line}` : path;
}

/** The tree of all threads below one root; null where the text is no profile. */
export function readFlame(content: string): FlameFrame | null {
  let shape: Shape;
  try {
    shape = JSON.parse(content) as Shape;
  } catch {
    return null;
  }
  const all = shape.profiles.flatMap((one) => one.weights).reduce((sum, one) => sum + one, 0);
  const root = frameOf("all threads", "");
  for (const { name, samples, weights } of shape.profiles) {
    const thread = called(root, name, "");
    for (const [index, stack] of samples.entries()) {
      const share = (weights[index] ?? 0) / (all || 1);
      root.total += share;
      thread.total += share;
      let at = thread;
      for (const number of stack) {
        const seen = shape.shared.frames[number];
        if (!seen || THREAD.test(seen.name)) continue;
        at = called(at, seen.name, shortPlace(seen.file, seen.line));
        at.total += share;
      }
      at.self += share;
    }
  }
  return root;
}

/** The boxes of a tree, the root first; seen from `focus`, whose callers take the whole width. */
export function boxesOf(root: FlameFrame, focus = ""): FlameBox[] {
  const found: FlameBox[] = [];
  const lay = (frame: FlameFrame, key: string, parent: string, depth: number, left: number) => {
    const isAbove = focus === key || focus.startsWith(`${key}/`);
    const width = isAbove ? 1 : frame.total / scale;
    if (width < NARROWEST) return;
    found.push({ key, parent, frame, depth, left: isAbove ? 0 : left, width });
    let at = isAbove ? 0 : left;
    for (const [index, call] of [...frame.calls.values()].entries()) {
      const below = `${key}/${index}`;
      const isOnTheWay = focus === below || focus.startsWith(`${below}/`);
      if (isAbove && focus !== key && !isOnTheWay) continue;
      lay(call, below, key, depth + 1, at);
      at += call.total / scale;
    }
  };
  const scale = frameAt(root, focus).total || 1;
  lay(root, "0", "", 0, 0);
  return found;
}

function frameAt(root: FlameFrame, key: string): FlameFrame {
  let found = root;
  for (const index of key.split("/").slice(1)) {
    found = [...found.calls.values()][Number(index)] ?? found;
  }
  return found;
}

/** The functions in which most of it was spent, wherever they were called from. */
export function hottest(root: FlameFrame, most = 12): HotFrame[] {
  const sums = new Map<string, HotFrame>();
  const add = (frame: FlameFrame, above: ReadonlySet<string>) => {
    const key = labelOf(frame);
    const { name, place, isOwn } = frame;
    const sum = sums.get(key) ?? { name, place, isOwn, total: 0, self: 0 };
    sum.self += frame.self;
    // One that calls itself is counted once.
    if (!above.has(key)) sum.total += frame.total;
    sums.set(key, sum);
    const next = new Set(above).add(key);
    for (const call of frame.calls.values()) add(call, next);
  };
  for (const thread of root.calls.values()) {
    for (const call of thread.calls.values()) add(call, new Set());
  }
  const spent = [...sums.values()].filter((one) => one.self > 0);
  return spent.toSorted((a, b) => b.self - a.self).slice(0, most);
}

export interface ThreadStack {
  title: string;
  isWaiting: boolean;
  /** The innermost call first, as py-spy prints it. */
  calls: string[];
}

/** Every thread of what `py-spy dump` prints. */
export function readStacks(content: string): ThreadStack[] {
  const found: ThreadStack[] = [];
  for (const line of content.split("\n")) {
    if (line.startsWith("Thread ")) {
      found.push({ title: line, isWaiting: line.includes("(idle)"), calls: [] });
    } else if (line.startsWith("    ")) {
      found.at(-1)?.calls.push(line.trim());
    }
  }
  return found;
}
