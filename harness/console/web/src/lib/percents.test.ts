import { expect, test } from "vitest";
import { rebalanced, scaled } from "./percents";

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

test("whatever is moved where, the sum stays 100 and nothing leaves 0 to 100", () => {
  let values = [34, 33, 33];
  for (let turn = 0; turn < 500; turn += 1) {
    values = rebalanced(values, turn % 3, (turn * 37) % 101);
    expect(sum(values)).toBe(100);
    expect(
      values.every((value) => Number.isInteger(value) && value >= 0 && value <= 100),
    ).toBeTruthy();
    expect(values[turn % 3]).toBe((turn * 37) % 101);
  }
});

test("the others keep their proportions", () => {
  expect(rebalanced([50, 40, 10], 0, 0)).toEqual([0, 80, 20]);
  expect(rebalanced([100, 0, 0], 0, 40)).toEqual([40, 30, 30]);
});

test("nonsense is 0", () => {
  expect(rebalanced([50, 50], 0, Number.NaN)).toEqual([0, 100]);
  expect(rebalanced([50, 50], 1, 900)).toEqual([0, 100]);
});

test("shares of nothing are nothing", () => {
  expect(scaled([], 100)).toEqual([]);
  expect(scaled([0, 0, 0], 100)).toEqual([34, 33, 33]);
});
