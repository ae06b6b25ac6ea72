import assert from "node:assert/strict";
import { test } from "node:test";

import { current, isPassed, isUnsaved, taken, writtenSince } from "../logic/drafts.js";

const DRAFT = { on: 4, base: "slow", value: "slow since noon" };

test("a text that was taken stays until its record has come", () => {
  const sent = taken(DRAFT, DRAFT.value);
  const meanwhile = current(sent, 4, "slow");
  assert.equal(meanwhile.value, "slow since noon");
  assert.equal(isUnsaved(meanwhile), false);
  assert.equal(current(sent, 5, "slow since noon"), null);
});

test("what is typed before the record has come goes on from the text as it was saved", () => {
  const longer = { ...taken(DRAFT, DRAFT.value), value: "slow since noon, and dear" };
  assert.equal(isUnsaved(longer), true);
  assert.deepEqual(current(longer, 5, "slow since noon"), {
    on: 5, base: "slow since noon", value: "slow since noon, and dear",
  });
  assert.equal(isPassed(current(longer, 5, "slow since noon"), 5), false);
});

test("another's record passes a draft that nobody has sent, and leaves it as it is", () => {
  assert.equal(isPassed(DRAFT, 4), false);
  assert.equal(isPassed(DRAFT, 5), true);
  assert.equal(current(DRAFT, 5, "theirs"), DRAFT);
  assert.equal(isUnsaved(DRAFT), true);
});

test("without a draft nothing is unsaved, and nothing is passed", () => {
  assert.equal(current(null, 5, "theirs"), null);
  assert.equal(taken(null, "mine"), null);
  assert.equal(isUnsaved(null), false);
  assert.equal(isPassed(null, 5), false);
});

const BLANK = { level: "surface", text: "" };
const SENT = { level: "surface", text: "timeouts were cut" };

test("a form is blank again once what it held was taken", () => {
  assert.equal(writtenSince({ ...SENT }, SENT, BLANK), BLANK);
  assert.equal(writtenSince("a note", "a note", ""), "");
});

test("of a form that was on its way, what was written meanwhile stays, and nothing else does", () => {
  assert.deepEqual(writtenSince({ ...SENT, level: "deeper" }, SENT, BLANK), { level: "deeper", text: "" });
  const next = { level: "deeper", text: "nobody tests them" };
  assert.deepEqual(writtenSince(next, SENT, BLANK), next);
  assert.equal(writtenSince("a longer note", "a note", ""), "a longer note");
});
