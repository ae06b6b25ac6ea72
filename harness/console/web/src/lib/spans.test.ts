import type { JaegerSpan, JaegerTag } from "@/api/telemetry";
import { expect, test } from "vitest";
import { chain, readTrace, rows } from "./spans";

const PROCESSES = {
  p1: { serviceName: "orders", tags: [] },
  p2: { serviceName: "users", tags: [] },
};

function span(
  id: string,
  parent: string | null,
  { at = 0, took = 10, operation = "SELECT", process = "p1", tags = [] as JaegerTag[] } = {},
): JaegerSpan {
  return {
    traceID: "t",
    spanID: id,
    processID: process,
    operationName: operation,
    startTime: at * 1000,
    duration: took * 1000,
    references: parent ? [{ refType: "CHILD_OF", traceID: "t", spanID: parent }] : [],
    tags,
    logs: [],
    warnings: null,
  };
}

const trace = (spans: JaegerSpan[]) =>
  readTrace({ traceID: "t", spans, processes: PROCESSES, warnings: null });

test("214 identical siblings are one row, with their number and sum", () => {
  const many = Array.from({ length: 214 }, (_, n) => span(`s${n}`, "root", { at: n }));
  const found = rows(trace([span("root", null, { took: 300, operation: "GET /orders" }), ...many]));
  expect(found.map((row) => [row.depth, row.count, row.totalMs])).toEqual([
    [0, 1, 300],
    [1, 214, 2140],
  ]);
  expect([found[1]?.startMs, found[1]?.endMs]).toEqual([0, 223]);
});

test("an unfolded group shows each of its spans one deeper", () => {
  const many = Array.from({ length: 3 }, (_, n) => span(`s${n}`, "root", { at: n }));
  const whole = trace([
    span("root", null),
    ...many,
    span("below", "s1", { at: 1, operation: "x" }),
  ]);
  const shown = rows(whole, new Set(["gs0"]));
  expect(shown.map((row) => [row.key, row.depth])).toEqual([
    ["root", 0],
    ["gs0", 1],
    ["s0", 2],
    ["s1", 2],
    ["below", 3],
    ["s2", 2],
  ]);
});

test("two alike are still two rows, and different ones are never folded", () => {
  const found = rows(
    trace([
      span("root", null),
      span("x", "root"),
      span("y", "root", { at: 1 }),
      ...[2, 3, 4].map((n) => span(`z${n}`, "root", { at: n, operation: `UPDATE ${n}` })),
    ]),
  );
  expect(found.length).toBe(6);
});

test("a failure inside a folded group is seen from outside", () => {
  const bad = span("s1", "root", { tags: [{ key: "error", type: "bool", value: true }] });
  expect(
    rows(trace([span("root", null), span("s0", "root"), bad, span("s2", "root")]))[1]?.failed,
  ).toBe(true);
});

test("a span that was folded up hides what is below it", () => {
  const found = rows(trace([span("root", null), span("x", "root")]), new Set(), new Set(["root"]));
  expect(found.map((row) => row.key)).toEqual(["root"]);
});

test("spans without their parent, and those that name themselves, are roots", () => {
  const found = trace([span("a", "gone"), span("b", "b", { at: 5 })]);
  expect(found.roots.map((one) => one.id)).toEqual(["a", "b"]);
});

test("the chain names the services on the way down, each hop once, returns included", () => {
  const whole = trace([
    span("1", null),
    span("2", "1"),
    span("3", "2", { process: "p2" }),
    span("4", "3"),
  ]);
  expect(chain(whole, "4")).toEqual(["orders", "users", "orders"]);
});

test("a trace of 5,000 spans in a line is read without running out of stack", () => {
  const deep = Array.from({ length: 5000 }, (_, n) =>
    span(`s${n}`, n ? `s${n - 1}` : null, { operation: `${n}` }),
  );
  expect(rows(trace(deep)).at(-1)?.depth).toBe(4999);
});
