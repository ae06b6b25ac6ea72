import assert from "node:assert/strict";
import test from "node:test";
import { dated, evidence, expand, legend, span, uses } from "../logic/promql.js";

test("variables are filled in, and what is not known stays as it is", () => {
  const given = { variables: { service: "payments" }, stepS: 10, rangeS: 900 };
  assert.equal(
    expand('rate(x{service="$service"}[$__rate_interval]) + ${service} $__range $other', given),
    'rate(x{service="payments"}[11s]) + payments 900s $other',
  );
});

test("the rate interval holds four scrapes at least", () => {
  assert.equal(expand("[$__rate_interval]", { stepS: 1 }), "[4s]");
});

test("a value that looks like a replacement pattern is put in as it is", () => {
  assert.equal(expand("$service", { variables: { service: "$&$1" } }), "$&$1");
});

test("a legend is made of labels, or is the series itself", () => {
  assert.equal(legend("{{method}} {{ route }}{{none}}", { method: "GET", route: "/x" }), "GET /x");
  assert.equal(legend("", { __name__: "up", job: "shop" }), 'up{job="shop"}');
  assert.equal(legend("", {}), "value");
});

test("a query is evidence with the time that was looked at", () => {
  assert.equal(
    evidence(" sum(\n  up ) ", 1_790_000_000, 1_790_000_060),
    "promql:sum( up ) @2026-09-21T14:13:20.000Z..2026-09-21T14:14:20.000Z",
  );
});

test("a dashboard's time is read, and its use of a variable found", () => {
  assert.deepEqual([span("now-5m"), span("now-2h"), span("yesterday")], [300, 7200, 900]);
  assert.equal(uses('{service="$service"}', "service"), true);
  assert.equal(uses("$services", "service"), false);
});

test("times of day that somebody types are moments of the reader's own day", () => {
  const at = (...parts) => new Date(2026, 2, ...parts).getTime();
  const iso = (...parts) => new Date(at(...parts)).toISOString();
  const typed = "p95 of promql:up @7:34..07:37:05, see it";
  assert.equal(dated(typed, at(1, 7, 40)), `p95 of promql:up @${iso(1, 7, 34)}..${iso(1, 7, 37, 5)}, see it`);
  assert.equal(dated("promql:up @23:58..00:03", at(2, 0, 5)), `promql:up @${iso(1, 23, 58)}..${iso(2, 0, 3)}`);
});

test("what is no pair of times of day stays as it was typed", () => {
  for (const typed of ["log:7", "promql:up @1..2", "promql:up @2026-03-01T07:34:00Z..2026-03-01T07:37:00Z", "at 07:34..07:37"]) {
    assert.equal(dated(typed, 0), typed);
  }
});
