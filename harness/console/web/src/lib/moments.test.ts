import type { DrillRecord } from "@/api/records";
import { expect, test } from "vitest";
import { circle, edges, fixes, marks, mean, silentSince, windows } from "./moments";

const at = (s: number) => new Date(s * 1000).toISOString();
/** An event with no more in it than these tests are about. */
const event = (type: string, s: number, data: object = {}) =>
  ({ type, time: at(s), data }) as DrillRecord;
const PAGE = event("page.sent", 1000, { alert: "X" });
const deploy = (s: number, kind = "release", by = "Ada") =>
  event("deploy.succeeded", s, { kind, service: "a", version_to: "1.1", by });

test("what happened is marked in the order of time", () => {
  expect(marks([PAGE, deploy(900), event("note.added", 1)])).toEqual([
    { atS: 900, kind: "deploy", label: "a 1.1" },
    { atS: 1000, kind: "page", label: "X" },
  ]);
});

test("before the page there is nothing broken to show", () => {
  expect(windows([deploy(900)], 950)).toEqual({ healthy: [890, 950], broken: null, after: null });
});

test("what comes after begins once the last act has settled", () => {
  const events = [deploy(900), PAGE, deploy(1100, "rollback")];
  expect(windows(events, 1110).after).toBeNull();
  expect(windows(events, 1200).after).toEqual([1115, 1200]);
  expect(windows(events, 1200).broken).toEqual([995, 1100]);
});

test("what colleagues ship after the page is no fix, and neither is what the runtime puts back", () => {
  const shipped = [PAGE, deploy(1050), deploy(1060, "rollback", "runtime")];
  expect(fixes(shipped)).toEqual([]);
  expect(windows(shipped, 1200)).toMatchObject({ broken: [995, 1200], after: null });
});

test("each sort of act by the team counts as one", () => {
  const acts = [
    deploy(1010, "restart"),
    deploy(1020, "rollback"),
    deploy(1030, "hotfix"),
    event("flag.switched", 1040, { name: "f", enabled: false, by: "Ada" }),
  ];
  expect(fixes([PAGE, ...acts]).map((one) => one.atS)).toEqual([1010, 1020, 1030, 1040]);
  expect(windows([PAGE, ...acts], 1200).after).toEqual([1055, 1200]);
});

test("what fell silent by itself was fixed by nobody", () => {
  const alert = (type: string, s: number) => event(type, s, { fingerprint: "x" });
  const events = [alert("alert.fired", 990), PAGE, alert("alert.resolved", 1100)];
  expect(windows(events, 1200)).toMatchObject({ broken: [995, 1100], after: null });
});

test("silence ends what was broken, and a colleague's later release changes nothing of that", () => {
  const alert = (type: string, s: number, fingerprint: string) => event(type, s, { fingerprint });
  const events = [
    event("drill.created", 500),
    alert("alert.fired", 990, "x"),
    PAGE,
    alert("alert.fired", 1010, "y"),
    deploy(1100, "rollback"),
    alert("alert.resolved", 1130, "x"),
    alert("alert.resolved", 1140, "y"),
    deploy(1300),
  ];
  expect(silentSince(events.slice(0, 6))).toBeNull();
  expect(silentSince([])).toBeNull();
  expect(windows(events, 1400)).toEqual({
    healthy: [850, 955],
    broken: [995, 1100],
    after: [1140, 1400],
  });
});

test("of a drill that is young when the page comes, the first half was healthy", () => {
  const events = [event("drill.created", 976), PAGE];
  expect(windows(events, 1010).healthy).toEqual([976, 988]);
});

test("a gap is not a zero", () => {
  expect(mean([1, 2, 3], [4, null, 6], [0, 9])).toBe(5);
  expect(mean([1], [null], [0, 9])).toBeNull();
  expect(mean([1], [4], null)).toBeNull();
});

test("edges are those that carried something in the time asked for", () => {
  const series = [
    { labels: { service: "a", peer: "b" }, values: [2, 4] },
    { labels: { service: "b", peer: "a" }, values: [0, 9] },
  ];
  expect(edges({ times: [1, 5], series }, [0, 2])).toEqual([{ from: "a", to: "b", perS: 2 }]);
  expect(edges({ times: [1, 5], series }, [4, 6]).length).toBe(2);
});

test("names stand around a circle from the top", () => {
  expect(Math.round(circle(["a", "b"]).get("a")?.y ?? NaN)).toBe(-1);
});
