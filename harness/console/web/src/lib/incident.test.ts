import type { Alert, PageSent } from "@/api/types";
import { expect, test } from "vitest";
import { pagedAlerts } from "./incident";

const page = (
  page_id: string,
  alert: string,
  sent_ms: number,
  by: string | null = null,
): PageSent => ({
  page_id,
  alert,
  severity: "critical",
  summary: `${alert} then`,
  sent_ms,
  acknowledged_by: by,
});
const alert = (name: string, service: string): Alert => ({
  fingerprint: `${name}${service}`,
  name,
  service,
  severity: "critical",
  summary: `${name} now`,
});
const NONE = new Map<string, Set<string>>();

test("the newest comes first, and pages of one alert are one entry", () => {
  const pages = [page("p1", "Slow", 1), page("p2", "Down", 2), page("p3", "Slow", 3)];
  const found = pagedAlerts(pages, [alert("Slow", "orders")], NONE);
  expect(found.map((one) => one.alert)).toEqual(["Slow", "Down"]);
  expect(found[0]?.open.map((one) => one.page_id)).toEqual(["p3", "p1"]);
});

test("an alert says what it says now, with its services; a silent one what it said, by the record", () => {
  const pages = [page("p1", "Slow", 2), page("p2", "Down", 1, "Ada")];
  const known = new Map([["Down", new Set(["users"])]]);
  const firing = [alert("Slow", "users"), alert("Slow", "orders")];
  const [slow, down] = pagedAlerts(pages, firing, known);
  expect([slow?.summary, slow?.services]).toEqual(["Slow now", ["orders", "users"]]);
  expect([down?.summary, down?.services]).toEqual(["Down then", ["users"]]);
});

test("what nobody took is open, even once it is silent; what was taken is resolved when silent", () => {
  const state = (by: string | null, isFiring: boolean) =>
    pagedAlerts([page("p", "Slow", 1, by)], isFiring ? [alert("Slow", "a")] : [], NONE)[0]?.state;
  expect(state(null, true)).toBe("open");
  expect(state(null, false)).toBe("open");
  expect(state("Ada", true)).toBe("acknowledged");
  expect(state("Ada", false)).toBe("resolved");
});
