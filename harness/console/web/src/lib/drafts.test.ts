import type { Draft } from "./drafts";
import { expect, test } from "vitest";
import { current, isPassed, isUnsaved, taken, writtenSince } from "./drafts";

const DRAFT: Draft<string> = { on: 4, base: "slow", value: "slow since noon" };

test("a text that was taken stays until its record has come", () => {
  const sent = taken(DRAFT, DRAFT.value);
  const meanwhile = current(sent, 4, "slow");
  expect(meanwhile?.value).toBe("slow since noon");
  expect(isUnsaved(meanwhile)).toBe(false);
  expect(current(sent, 5, "slow since noon")).toBeNull();
});

test("what is typed before the record has come goes on from the text as it was saved", () => {
  const longer = { ...DRAFT, ...taken(DRAFT, DRAFT.value), value: "slow since noon, and dear" };
  expect(isUnsaved(longer)).toBe(true);
  expect(current(longer, 5, "slow since noon")).toEqual({
    on: 5,
    base: "slow since noon",
    value: "slow since noon, and dear",
  });
  expect(isPassed(current(longer, 5, "slow since noon"), 5)).toBe(false);
});

test("another's record passes a draft that nobody has sent, and leaves it as it is", () => {
  expect(isPassed(DRAFT, 4)).toBe(false);
  expect(isPassed(DRAFT, 5)).toBe(true);
  expect(current(DRAFT, 5, "theirs")).toBe(DRAFT);
  expect(isUnsaved(DRAFT)).toBe(true);
});

test("without a draft nothing is unsaved, and nothing is passed", () => {
  expect(current(null, 5, "theirs")).toBeNull();
  expect(taken(null, "mine")).toBeNull();
  expect(isUnsaved(null)).toBe(false);
  expect(isPassed(null, 5)).toBe(false);
});

const BLANK = { level: "surface", text: "" };
const SENT = { level: "surface", text: "timeouts were cut" };

test("a form is blank again once what it held was taken", () => {
  expect(writtenSince({ ...SENT }, SENT, BLANK)).toBe(BLANK);
  expect(writtenSince("a note", "a note", "")).toBe("");
});

test("of a form that was on its way, what was written meanwhile stays, and nothing else does", () => {
  expect(writtenSince({ ...SENT, level: "deeper" }, SENT, BLANK)).toEqual({
    level: "deeper",
    text: "",
  });
  const next = { level: "deeper", text: "nobody tests them" };
  expect(writtenSince(next, SENT, BLANK)).toEqual(next);
  expect(writtenSince("a longer note", "a note", "")).toBe("a longer note");
});
