import assert from "node:assert/strict";
import { test } from "node:test";

import { current, isPassed, isUnsaved, taken } from "../logic/drafts.js";

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
