import assert from "node:assert/strict";
import test from "node:test";
import { appended, isAtEnd, prepended, visible } from "../logic/windowing.js";

test("of 10,000 rows only those on the screen are drawn, and the height stays", () => {
  const found = visible(10_000, 20, 100_000, 600);
  assert.deepEqual(found, { from: 4992, to: 5038, above: 99_840, below: 99_240 });
  assert.equal(found.above + found.below + (found.to - found.from) * 20, 200_000);
});

test("the beginning, the end, an empty list and a scroll beyond it are in bounds", () => {
  assert.deepEqual(visible(5, 20, 0, 600), { from: 0, to: 5, above: 0, below: 0 });
  assert.deepEqual(visible(0, 20, 300, 600), { from: 0, to: 0, above: 0, below: 0 });
  const beyond = visible(10, 20, 9999, 100);
  assert.deepEqual([beyond.from, beyond.to], [10, 10]);
});

test("new lines come once each, and the oldest leave", () => {
  const lines = [{ seq: 1 }, { seq: 2 }];
  assert.deepEqual(appended(lines, [{ seq: 2 }, { seq: 3 }], 2), [{ seq: 2 }, { seq: 3 }]);
  assert.equal(appended(lines, [{ seq: 2 }], 9), lines);
});

test("older lines come before the others, the nearest first to find room", () => {
  const lines = [{ seq: 5 }, { seq: 6 }];
  assert.deepEqual(prepended(lines, [{ seq: 3 }, { seq: 4 }, { seq: 5 }], 9).map((line) => line.seq), [3, 4, 5, 6]);
  assert.deepEqual(prepended(lines, [{ seq: 3 }, { seq: 4 }], 3).map((line) => line.seq), [4, 5, 6]);
  assert.equal(prepended(lines, [{ seq: 4 }], 2), lines);
});

test("whoever is near the end is kept there, whoever reads above is not", () => {
  assert.equal(isAtEnd(380, 600, 1000), true);
  assert.equal(isAtEnd(100, 600, 1000), false);
});
