import { expect, test } from "vitest";
import { inOrder } from "./traceOrder";

const rows = [
  { id: "old", start_ms: 1, duration_ms: 50, failed: 0 },
  { id: "failed", start_ms: 2, duration_ms: 10, failed: 3 },
  { id: "slow", start_ms: 3, duration_ms: 900, failed: 0 },
  { id: "new", start_ms: 4, duration_ms: 20, failed: 1 },
];
const ids = (order?: string) => inOrder(rows, order).map((one) => one.id);

test("traces stand by their time unless they are asked for otherwise", () => {
  expect(ids()).toEqual(["new", "slow", "failed", "old"]);
  expect(ids("nonsense")).toEqual(ids());
});

test("what failed comes first, and the newest of it at the top", () => {
  expect(ids("failed")).toEqual(["new", "failed", "slow", "old"]);
});

test("the slowest comes first", () => {
  expect(ids("slowest")).toEqual(["slow", "old", "new", "failed"]);
});
