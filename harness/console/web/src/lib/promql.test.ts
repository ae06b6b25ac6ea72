import { expect, test } from "vitest";
import { askedBy, dated, evidence, expand, legend, uses } from "./promql";

test("variables are filled in, and what is not known stays as it is", () => {
  const given = { variables: { service: "payments" }, stepS: 10, rangeS: 900 };
  expect(
    expand('rate(x{service="$service"}[$__rate_interval]) + ${service} $__range $other', given),
  ).toBe('rate(x{service="payments"}[11s]) + payments 900s $other');
});

test("the rate interval holds four scrapes at least", () => {
  expect(expand("[$__rate_interval]", { stepS: 1 })).toBe("[4s]");
});

test("a value that looks like a replacement pattern is put in as it is", () => {
  expect(expand("$service", { variables: { service: "$&$1" } })).toBe("$&$1");
});

test("a legend is made of labels, or is the series itself", () => {
  expect(legend("{{method}} {{ route }}{{none}}", { method: "GET", route: "/x" })).toBe("GET /x");
  expect(legend("", { __name__: "up", job: "shop" })).toBe('up{job="shop"}');
  expect(legend("", {})).toBe("value");
});

test("a query is evidence with the time that was looked at", () => {
  expect(evidence(" sum(\n  up ) ", 1_790_000_000, 1_790_000_060)).toBe(
    "promql:sum( up ) @2026-09-21T14:13:20.000Z..2026-09-21T14:14:20.000Z",
  );
});

test("a dashboard's use of a variable is found", () => {
  expect(uses('{service="$service"}', "service")).toBe(true);
  expect(uses("$services", "service")).toBe(false);
});

test("times of day that somebody types are moments of the reader's own day", () => {
  const at = (day: number, hours: number, minutes: number, seconds = 0) =>
    new Date(2026, 2, day, hours, minutes, seconds).getTime();
  const iso = (...parts: Parameters<typeof at>) => new Date(at(...parts)).toISOString();
  const typed = "p95 of promql:up @7:34..07:37:05, see it";
  expect(dated(typed, at(1, 7, 40))).toBe(
    `p95 of promql:up @${iso(1, 7, 34)}..${iso(1, 7, 37, 5)}, see it`,
  );
  expect(dated("promql:up @23:58..00:03", at(2, 0, 5))).toBe(
    `promql:up @${iso(1, 23, 58)}..${iso(2, 0, 3)}`,
  );
});

test("what is no pair of times of day stays as it was typed", () => {
  for (const typed of [
    "log:7",
    "promql:up @1..2",
    "promql:up @2026-03-01T07:34:00Z..2026-03-01T07:37:00Z",
    "at 07:34..07:37",
  ]) {
    expect(dated(typed, 0)).toBe(typed);
  }
});

test("a link to a query leads back to what it asked, and when", () => {
  const link = evidence('sum(up{service="orders"})', 1_800_000_000, 1_800_000_060);
  expect(askedBy(link)).toEqual({
    expr: 'sum(up{service="orders"})',
    begin: 1_800_000_000,
    end: 1_800_000_060,
  });
  expect(askedBy("promql:up @07:34..07:37")).toEqual({ expr: "up" });
  expect(askedBy("promql:up")).toEqual({ expr: "up" });
});
