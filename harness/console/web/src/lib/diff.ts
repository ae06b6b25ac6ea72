// Unified diffs as lines with their kind.

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
