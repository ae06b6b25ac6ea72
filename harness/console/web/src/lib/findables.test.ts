import { expect, test } from "vitest";
import type { Deploy, Status } from "@/api/types";
import type { TraceRow } from "@/api/telemetry";
import { findables, foundBy, traceOf } from "./findables";

const ID = "ab".repeat(16);
const status = {
  services: [{ name: "orders" }, { name: "payments" }],
  exercise: { roles: { "on-call": ["Ada"], bridge: ["Bo", "Ada"] } },
  review: null,
} as unknown as Status;
const deploy = {
  deploy_id: "d1",
  at: "2026-11-01T10:00:00Z",
  by: "Priya Raman",
  kind: "release",
  service: "payments",
  summary: "updated timeout configs",
  version_from: "2.4.1",
  version_to: "2.4.2",
} as Deploy;
const trace = {
  trace_id: ID,
  service: "gateway",
  operation: "POST /api/checkout",
  reason: "ReadTimeout: psp",
  start_ms: 0,
  duration_ms: 20,
} as TraceRow;

const all = findables({ status, deploys: [deploy], failed: [trace] });
const best = (typed: string) =>
  all.toSorted((one, other) => foundBy(typed, other) - foundBy(typed, one))[0];
const found = (typed: string) => all.filter((one) => foundBy(typed, one) > 0);

test("a service, an act, a deploy, a trace and a person are found by their names", () => {
  expect(best("payments: l")?.href).toBe("#/logs?service=payments");
  expect(best("roll back pay")?.href).toBe("#/changes?act=rollback&service=payments&at=act");
  expect(best("timeout configs")?.href).toBe("#/changes?deploy=d1");
  expect(best("readtimeout")?.href).toBe(`#/traces?trace=${ID}&errors=1`);
  expect(best("ada")?.href).toBe("#/timeline?search=Ada");
  expect(best("ada")?.more).toBe("on-call, bridge");
});

test("a trace is found by the beginning of its id, and by an id that no list has", () => {
  expect(best(ID.slice(0, 6))?.group).toBe("Traces");
  expect(traceOf(` ${"CD".repeat(16)} `)?.href).toBe(`#/traces?trace=${"cd".repeat(16)}`);
  expect(traceOf("cdcd")).toBeNull();
});

test("what has not all of the words is not found", () => {
  expect(found("restart nothing")).toEqual([]);
  expect(found("  ")).toEqual([]);
});

test("in a review there is nothing to act upon", () => {
  const review = { ...status, review: { begin_s: 0, end_s: 1, at_s: 1 } } as Status;
  const kinds = findables({ status: review, deploys: [], failed: [] }).map((one) => one.group);
  expect(kinds).not.toContain("Act");
  expect(kinds).toContain("Services");
});
