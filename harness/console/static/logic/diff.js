// Unified diffs as lines with their kind, and two texts side by side.

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/;

/** Files of a unified diff: `{path, added, removed, lines: [{kind, text, before, after}]}`. */
export function files(text) {
  const found = [];
  let file = null;
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
      file.lines.push({ kind: "hunk", text: hunk[3].trim() || `line ${after}`, before: null, after: null });
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
  for (const one of found) one.lines = one.lines.filter((line) => line.kind !== "meta" || !noise(line.text));
  return found;
}

function noise(text) {
  return /^(index [0-9a-f]+|--- |\+\+\+ )/.test(text);
}

const LINES_MAX = 1500;

/** Two texts line by line: `{kind: same|mine|theirs, text}`. Long ones are not compared: null. */
export function compared(mine, theirs) {
  const left = mine.split("\n");
  const right = theirs.split("\n");
  if (left.length > LINES_MAX || right.length > LINES_MAX) return null;
  const lengths = commonLengths(left, right);
  const found = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      found.push({ kind: "same", text: left[i] });
      [i, j] = [i + 1, j + 1];
    } else if (j >= right.length || (i < left.length && lengths[i + 1][j] >= lengths[i][j + 1])) {
      found.push({ kind: "mine", text: left[i++] });
    } else {
      found.push({ kind: "theirs", text: right[j++] });
    }
  }
  return found;
}

function commonLengths(left, right) {
  const table = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      table[i][j] = left[i] === right[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  return table;
}

/** Both texts in one, nothing lost: what is common once, then each one's own in its place. */
export function united(mine, theirs) {
  const lines = compared(mine, theirs);
  return lines ? lines.map((line) => line.text).join("\n") : `${theirs}\n\n${mine}`;
}
