import { expect, test } from "vitest";
import { compared, files, united } from "./diff";

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
  expect([file?.path, file?.added, file?.removed]).toEqual(["services/x/t.toml", 1, 1]);
  expect(file?.lines).toEqual([
    { kind: "hunk", text: "[provider]", before: null, after: null },
    { kind: "same", text: "same", before: 3, after: 3 },
    { kind: "removed", text: "-- looks like a header", before: 4, after: null },
    { kind: "added", text: "++ b/also", before: null, after: 4 },
  ]);
});

test("new files and renames keep what is said of them", () => {
  const [file] = files("diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\n");
  expect(file?.lines.map((line) => line.text)).toEqual([
    "similarity index 90%",
    "rename from x",
    "rename to y",
  ]);
});

test("nothing is no file", () => {
  expect(files("")).toEqual([]);
});

test("two texts in one lose no line of either", () => {
  const [mine, theirs] = ["a\nmine\nb", "a\nb\ntheirs"];
  const both = united(mine, theirs).split("\n");
  expect(both).toEqual(["a", "mine", "b", "theirs"]);
  expect(compared(mine, theirs)?.map((line) => line.kind)).toEqual([
    "same",
    "mine",
    "same",
    "theirs",
  ]);
});

test("texts too long to compare are kept whole, one after the other", () => {
  const [mine, theirs] = ["m\n".repeat(3000), "t\n".repeat(3000)];
  expect(compared(mine, theirs)).toBeNull();
  expect(united(mine, theirs)).toBe(`${theirs}\n\n${mine}`);
});
