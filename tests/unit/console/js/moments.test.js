import assert from "node:assert/strict";
import test from "node:test";
import { circle, edges, marks, mean, silentSince, windows } from "../logic/moments.js";

const at = (s) => new Date(s * 1000).toISOString();
const PAGE = { type: "page.sent", time: at(1000), data: { alert: "X" } };
const deploy = (s, kind = "release") => ({ type: "deploy.succeeded", time: at(s), data: { kind, service: "a", version_to: "1.1" } });

test("what happened is marked in the order of time", () => {
  assert.deepEqual(marks([PAGE, deploy(900), { type: "note.added", time: at(1), data: {} }]), [
    { atS: 900, kind: "deploy", label: "a 1.1" },
    { atS: 1000, kind: "page", label: "X" },
  ]);
});

test("before the page there is nothing broken to show", () => {
  assert.deepEqual(windows([deploy(900)], 950), { healthy: [890, 950], broken: null, after: null });
});

test("what comes after begins once the last act has settled", () => {
  const events = [deploy(900), PAGE, deploy(1100, "rollback")];
  assert.equal(windows(events, 1110).after, null);
  assert.deepEqual(windows(events, 1200).after, [1115, 1200]);
  assert.deepEqual(windows(events, 1200).broken, [995, 1100]);
});

test("silence ends what was broken, and a colleague's later release changes nothing of that", () => {
  const alert = (type, s, fingerprint) => ({ type, time: at(s), data: { fingerprint } });
  const events = [
    { type: "drill.created", time: at(500), data: {} }, alert("alert.fired", 990, "x"), PAGE, alert("alert.fired", 1010, "y"), deploy(1100, "rollback"),
    alert("alert.resolved", 1130, "x"), alert("alert.resolved", 1140, "y"), deploy(1300),
  ];
  assert.equal(silentSince(events.slice(0, 6)), null);
  assert.equal(silentSince([]), null);
  assert.deepEqual(windows(events, 1400), { healthy: [850, 955], broken: [995, 1100], after: [1140, 1400] });
});

test("of a drill that is young when the page comes, the first half was healthy", () => {
  const events = [{ type: "drill.created", time: at(976), data: {} }, PAGE];
  assert.deepEqual(windows(events, 1010).healthy, [976, 988]);
});

test("a gap is not a zero", () => {
  assert.equal(mean([1, 2, 3], [4, null, 6], [0, 9]), 5);
  assert.equal(mean([1], [null], [0, 9]), null);
  assert.equal(mean([1], [4], null), null);
});

test("edges are those that carried something in the time asked for", () => {
  const series = [
    { labels: { service: "a", peer: "b" }, values: [2, 4] },
    { labels: { service: "b", peer: "a" }, values: [0, 9] },
  ];
  assert.deepEqual(edges({ times: [1, 5], series }, [0, 2]), [{ from: "a", to: "b", perS: 2 }]);
  assert.equal(edges({ times: [1, 5], series }, [4, 6]).length, 2);
});

test("names stand around a circle from the top", () => {
  assert.equal(Math.round(circle(["a", "b"]).get("a").y), -1);
});
