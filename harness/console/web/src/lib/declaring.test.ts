import { expect, test } from "vitest";
import { evidenceOf, hypothesisFor, isComplete, laid } from "./declaring";

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

test("what is not named yet is no contradiction, and what names all of it comes first", () => {
  const open = [
    hypothesis("h1", 60, "", "n-plus-one"),
    hypothesis("h2", 30, "orders", ""),
    hypothesis("h3", 10, "orders", "n-plus-one"),
  ];
  expect(hypothesisFor(open, "orders", "n-plus-one")?.id).toBe("h3");
  expect(hypothesisFor(open, "users", "n-plus-one")?.id).toBe("h1");
  expect(hypothesisFor(open, "orders", "overload")?.id).toBe("h2");
  expect(hypothesisFor(open, "users", "overload")).toBeNull();
});

const BELIEF = { ...hypothesis("h1", 100, "", ""), text: "why", for: ["a"], against: ["b"] };

test("a link lies once on its side of its hypothesis, and the others stay", () => {
  const other = { ...BELIEF, id: "h2" };
  expect(laid([BELIEF, other], "h1", "for", "c")).toEqual([{ ...BELIEF, for: ["a", "c"] }, other]);
  expect(laid([BELIEF], "h1", "for", "a")).toEqual([BELIEF]);
});

test("hypotheses can be saved once each says something", () => {
  expect(isComplete([BELIEF])).toBe(true);
  expect(isComplete([BELIEF, { ...BELIEF, text: " " }])).toBe(false);
  expect(isComplete([])).toBe(false);
});

test("a declaration takes what was picked up, but not what speaks against or was taken away", () => {
  const basket = [{ link: "a" }, { link: "b" }, { link: "c" }, { link: "d" }];
  expect(evidenceOf(BELIEF, basket, ["d"])).toEqual(["a", "c"]);
  expect(evidenceOf(null, basket, [])).toEqual(["a", "b", "c", "d"]);
  expect(evidenceOf(undefined, [], [])).toEqual([]);
});
