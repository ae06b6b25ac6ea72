import assert from "node:assert/strict";
import test from "node:test";
import { rebalanced, scaled } from "../logic/percents.js";

const sum = (values) => values.reduce((a, b) => a + b, 0);

test("whatever is moved where, the sum stays 100 and nothing leaves 0 to 100", () => {
  let values = [34, 33, 33];
  for (let turn = 0; turn < 500; turn += 1) {
    values = rebalanced(values, turn % 3, (turn * 37) % 101);
    assert.equal(sum(values), 100);
    assert.ok(values.every((value) => Number.isInteger(value) && value >= 0 && value <= 100));
    assert.equal(values[turn % 3], (turn * 37) % 101);
  }
});

test("the others keep their proportions", () => {
  assert.deepEqual(rebalanced([50, 40, 10], 0, 0), [0, 80, 20]);
  assert.deepEqual(rebalanced([100, 0, 0], 0, 40), [40, 30, 30]);
});

test("one alone is certain, and nonsense is 0", () => {
  assert.deepEqual(rebalanced([100], 0, 20), [100]);
  assert.deepEqual(rebalanced([50, 50], 0, Number.NaN), [0, 100]);
  assert.deepEqual(rebalanced([50, 50], 1, 900), [0, 100]);
});

test("shares of nothing are nothing", () => {
  assert.deepEqual(scaled([], 100), []);
  assert.deepEqual(scaled([0, 0, 0], 100), [34, 33, 33]);
});
