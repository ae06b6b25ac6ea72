import assert from "node:assert/strict";
import test from "node:test";
import { hypothesisFor } from "../logic/declaring.js";

const hypothesis = (id, probability, service, mechanism) => ({ id, probability, service, mechanism });
const LIST = [
  hypothesis("h1", 60, "payments", "timeout-misconfigured"),
  hypothesis("h2", 10, "orders", "n-plus-one"),
  hypothesis("h3", 20, "orders", "n-plus-one"),
  hypothesis("h4", 5, "", ""),
  hypothesis("h5", 5, "", "no-fault"),
];
const found = (service, mechanism) => hypothesisFor(LIST, service, mechanism)?.id ?? null;

test("a cause stands on the hypothesis that says the same, however likely another is", () => {
  assert.equal(found("payments", "timeout-misconfigured"), "h1");
  assert.equal(found("orders", "n-plus-one"), "h3");
});

test("half the same is another cause", () => {
  assert.equal(found("orders", "timeout-misconfigured"), null);
  assert.equal(found("payments", "n-plus-one"), null);
});

test("what leaves its service and kind open says nothing, before a choice and after it", () => {
  assert.equal(found("", ""), null);
  assert.equal(found("users", "overload"), null);
});

test("that nothing is wrong is said whichever service was looked at", () => {
  assert.equal(found("gateway", "no-fault"), "h5");
});

test("the list stays in its order", () => {
  found("orders", "n-plus-one");
  assert.deepEqual(LIST.map((one) => one.id), ["h1", "h2", "h3", "h4", "h5"]);
});
