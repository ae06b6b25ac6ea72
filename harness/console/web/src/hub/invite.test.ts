import { expect, test } from "vitest";
import { codeIn } from "./invite";

test("a code is taken out of its link", () => {
  expect(codeIn(" http://127.0.0.1:8700/#invite=Ab_-9 ")).toBe("Ab_-9");
  expect(codeIn("#invite=Ab9")).toBe("Ab9");
});

test("a code stands for itself, and anything else for none", () => {
  expect(codeIn(" Ab_-9\n")).toBe("Ab_-9");
  expect(codeIn("http://127.0.0.1:8700/")).toBe("");
  expect(codeIn("<b>")).toBe("");
});
