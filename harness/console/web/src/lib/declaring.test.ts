import { expect, test } from "vitest";
import { hypothesisFor } from "./declaring";

const hypothesis = (id: string, probability: number, service: string, mechanism: string) => ({
  id,
  probability,
  service,
  mechanism,
});
const LIST = [
  hypothesis("h1", 60, "payments", "timeout-misconfigured"),
  hypothesis("h2", 10, "orders", "n-plus-one"),
  hypothesis("h3", 20, "orders", "n-plus-one"),
  hypothesis("h4", 5, "", ""),
  hypothesis("h5", 5, "", "no-fault"),
];
const found = (service: string, mechanism: string) =>
  hypothesisFor(LIST, service, mechanism)?.id ?? null;

test("a cause stands on the hypothesis that says the same, however likely another is", () => {
  expect(found("payments", "timeout-misconfigured")).toBe("h1");
  expect(found("orders", "n-plus-one")).toBe("h3");
});

test("half the same is another cause", () => {
  expect(found("orders", "timeout-misconfigured")).toBeNull();
  expect(found("payments", "n-plus-one")).toBeNull();
});

test("what leaves its service and kind open says nothing, before a choice and after it", () => {
  expect(found("", "")).toBeNull();
  expect(found("users", "overload")).toBeNull();
});

test("that nothing is wrong is said whichever service was looked at", () => {
  expect(found("gateway", "no-fault")).toBe("h5");
});

test("the list stays in its order", () => {
  found("orders", "n-plus-one");
  expect(LIST.map((one) => one.id)).toEqual(["h1", "h2", "h3", "h4", "h5"]);
});
