import assert from "node:assert/strict";
import test from "node:test";
import { compared, files, united } from "../logic/diff.js";

const DIFF = `diff --git a/services/x/t.toml b/services/x/t.toml
index 1..2 100644
--- a/services/x/t.toml
+++ b/services/x/t.toml
@@ -3,3 +3,3 @@ [provider]
 same
--- looks like a header
+++ b/also
`;

test("lines have their kind and numbers, and a removed '--' is no header", () => {
  const [file] = files(DIFF);
  assert.deepEqual([file.path, file.added, file.removed], ["services/x/t.toml", 1, 1]);
  assert.deepEqual(file.lines, [
    { kind: "hunk", text: "[provider]", before: null, after: null },
    { kind: "same", text: "same", before: 3, after: 3 },
    { kind: "removed", text: "-- looks like a header", before: 4, after: null },
    { kind: "added", text: "++ b/also", before: null, after: 4 },
  ]);
});

test("new files and renames keep what is said of them", () => {
  const [file] = files("diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\n");
  assert.deepEqual(file.lines.map((line) => line.text), ["similarity index 90%", "rename from x", "rename to y"]);
});

test("nothing is no file", () => {
  assert.deepEqual(files(""), []);
});

test("two texts in one lose no line of either", () => {
  const [mine, theirs] = ["a\nmine\nb", "a\nb\ntheirs"];
  const both = united(mine, theirs).split("\n");
  assert.deepEqual(both, ["a", "mine", "b", "theirs"]);
  assert.deepEqual(compared(mine, theirs).map((line) => line.kind), ["same", "mine", "same", "theirs"]);
});

test("texts too long to compare are kept whole, one after the other", () => {
  const [mine, theirs] = ["m\n".repeat(3000), "t\n".repeat(3000)];
  assert.equal(compared(mine, theirs), null);
  assert.equal(united(mine, theirs), `${theirs}\n\n${mine}`);
});
