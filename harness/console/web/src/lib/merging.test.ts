import { expect, test } from "vitest";
import { united } from "./merging";

test("two texts in one lose no line of either", () => {
  expect(united("a\nmine\nb", "a\nb\ntheirs")).toBe("a\nmine\nb\ntheirs");
});

test("what one side alone changed or took out is as that side has it", () => {
  expect(united("a\nc\nd", "a\nb\nc\nD", "a\nb\nc\nd")).toBe("a\nc\nD");
  expect(united("a\nb\nc", "a\nc\nd", "a\nc")).toBe("a\nb\nc\nd");
});

test("of two changes side by side, both are kept", () => {
  expect(united("a\nc", "a\nb\nC", "a\nb\nc")).toBe("a\nc\nb\nC");
});

test("without the text that both began with, nothing is taken out", () => {
  expect(united("a\nc\nd", "a\nb\nc\nD")).toBe("a\nb\nc\nd\nD");
});

test("of what both changed, both are kept, and what is the same in it once", () => {
  expect(united("a\nmine\nsame\nz", "a\ntheirs\nsame\nz", "a\nold\nz")).toBe(
    "a\nmine\ntheirs\nsame\nz",
  );
  expect(united("mine", "theirs", "")).toBe("mine\ntheirs");
  expect(united("both", "both", "old")).toBe("both");
});

test("texts too long to compare are kept whole, one after the other", () => {
  const [mine, theirs] = ["m\n".repeat(3000), "t\n".repeat(3000)];
  expect(united(mine, theirs, "")).toBe(`${theirs}\n\n${mine}`);
});
