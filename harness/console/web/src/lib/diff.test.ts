import { expect, test } from "vitest";
import { files } from "./diff";

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
