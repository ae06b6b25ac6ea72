// Unified diffs as lines with their kind, and two texts side by side.

export interface DiffLine {
  kind: "hunk" | "meta" | "added" | "removed" | "same";
  text: string;
  before: number | null;
  after: number | null;
}

export interface DiffFile {
  path: string;
  added: number;
  removed: number;
  lines: DiffLine[];
}

export interface ComparedLine {
  kind: "same" | "mine" | "theirs";
  text: string;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/;

/** Files of a unified diff: `{path, added, removed, lines: [{kind, text, before, after}]}`. */
export function files(text: string): DiffFile[] {
  const found: DiffFile[] = [];
  let file: DiffFile | null = null;
  let before = 0;
  let after = 0;
  let inHunk = false;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (line.startsWith("diff --git ")) {
      file = { path: line.replace(/^diff --git a\/.* b\//, ""), added: 0, removed: 0, lines: [] };
      found.push(file);
      inHunk = false;
      continue;
    }
    if (!file) continue;
    const hunk = HUNK.exec(line);
    if (hunk) {
      [before, after, inHunk] = [Number(hunk[1]), Number(hunk[2]), true];
      file.lines.push({
        kind: "hunk",
        text: hunk[3]?.trim() || `line ${after}`,
        before: null,
        after: null,
      });
    } else if (!inHunk) {
      file.lines.push({ kind: "meta", text: line, before: null, after: null });
    } else if (line.startsWith("+")) {
      file.added += 1;
      file.lines.push({ kind: "added", text: line.slice(1), before: null, after: after++ });
    } else if (line.startsWith("-")) {
      file.removed += 1;
      file.lines.push({ kind: "removed", text: line.slice(1), before: before++, after: null });
    } else if (line.startsWith("\\")) {
      file.lines.push({ kind: "meta", text: line.slice(2), before: null, after: null });
    } else {
      file.lines.push({ kind: "same", text: line.slice(1), before: before++, after: after++ });
    }
  }
  for (const one of found)
    one.lines = one.lines.filter((line) => line.kind !== "meta" || !noise(line.text));
  return found;
}

function noise(text: string): boolean {
  return /^(index [0-9a-f]+|--- |\+\+\+ )/.test(text);
}

const LINES_MAX = 1500;

/** Two texts line by line: `{kind: same|mine|theirs, text}`. Long ones are not compared: null. */
export function compared(mine: string, theirs: string): ComparedLine[] | null {
  const left = mine.split("\n");
  const right = theirs.split("\n");
  if (left.length > LINES_MAX || right.length > LINES_MAX) return null;
  const lengths = commonLengths(left, right);
  const longest = (at: number, to: number) => lengths[at]?.[to] ?? 0;
  const found: ComparedLine[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [ours, their] = [left[i], right[j]];
    if (ours !== undefined && ours === their) {
      found.push({ kind: "same", text: ours });
      [i, j] = [i + 1, j + 1];
    } else if (
      ours !== undefined &&
      (their === undefined || longest(i + 1, j) >= longest(i, j + 1))
    ) {
      found.push({ kind: "mine", text: ours });
      i += 1;
    } else {
      found.push({ kind: "theirs", text: their ?? "" });
      j += 1;
    }
  }
  return found;
}

function commonLengths(left: readonly string[], right: readonly string[]): Uint16Array[] {
  let below = new Uint16Array(right.length + 1);
  const table = [below];
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const row = new Uint16Array(right.length + 1);
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] =
        left[i] === right[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
    table.unshift(row);
    below = row;
  }
  return table;
}

/** Both texts in one, nothing lost: what is common once, then each one's own in its place. */
export function united(mine: string, theirs: string): string {
  const lines = compared(mine, theirs);
  return lines ? lines.map((line) => line.text).join("\n") : `${theirs}\n\n${mine}`;
}
