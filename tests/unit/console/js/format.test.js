import assert from "node:assert/strict";
import test from "node:test";
import {
  ago, clock, duration, fromPage, inUnit, mapped, milliseconds, money, percent, plain, rate, seconds, stopwatch, tone,
} from "../logic/format.js";

test("a duration is told in the unit that fits it", () => {
  assert.deepEqual([0, 0.0000421, 0.0042, 0.42, 4.2, 42, 75, 3700, 767_640].map(seconds), [
    "0 s", "42 µs", "4.2 ms", "420 ms", "4.2 s", "42 s", "1 min 15 s", "1 h 1 min", "8 d 21 h",
  ]);
});

test("every unit of the dashboards is known", () => {
  assert.equal(inUnit(0.1234, "percentunit"), "12.3 %");
  assert.equal(inUnit(12.34, "reqps"), "12.3 req/s");
  assert.equal(inUnit(0.5, "ops"), "0.5 /s");
  assert.equal(inUnit(1234.5, "currencyEUR"), "€ 1,234.50");
  assert.equal(inUnit(14.44, "suffix: x"), "14.4 x");
  assert.equal(inUnit(1234, "short"), "1.2 k");
  assert.equal(inUnit(7, "none"), "7");
});

test("money has its currency wherever it stands, and cents where they matter", () => {
  assert.deepEqual([money(1234.5), money(1234.5, 0), money(0, 0)], ["€ 1,234.50", "€ 1,235", "€ 0"]);
  assert.equal(inUnit(1234.5, "currencyEUR", 0), money(1234.5, 0));
});

test("what is not known is a dash, never a zero", () => {
  for (const nothing of [null, undefined, Number.NaN]) assert.equal(inUnit(nothing, "s"), "–");
  assert.equal(inUnit(0, "percentunit"), "0 %");
});

test("a value has the colour of the last step that it reaches", () => {
  const steps = [{ color: "green", value: null }, { color: "orange", value: 0.01 }, { color: "red", value: 0.05 }];
  assert.deepEqual([0, 0.01, 0.049, 0.05, null].map((value) => tone(value, steps)), ["good", "warn", "warn", "bad", "muted"]);
});

test("a mapping names a value", () => {
  const mappings = [{ type: "value", options: { 0: { text: "down", color: "red" } } }];
  assert.deepEqual(mapped(0, mappings), { text: "down", tone: "bad" });
  assert.equal(mapped(1, mappings), null);
});

test("a moment ahead of our clock is not in the future", () => {
  assert.equal(ago(5000, 1000), "0 s ago");
});

test("a stopwatch has hours only when there are any, and tells what is overdue", () => {
  assert.deepEqual([0, 59.9, 247, 3723, -61, -0.5].map(stopwatch), ["0:00", "0:59", "4:07", "1:02:03", "−1:01", "0:00"]);
  const at = (type, drilltimems) => ({ type, drilltimems, time: "2026-03-01T03:00:00Z" });
  const pages = [{ sent_ms: 60_000 }, { sent_ms: 90_000 }];
  assert.equal(fromPage(at("note.added", 307_000), pages), "T+4:07");
  assert.equal(fromPage(at("deploy.succeeded", 48_000), pages), "T−0:12");
  assert.equal(fromPage(at("note.added", 5_000), []), clock("2026-03-01T03:00:00Z"));
  assert.equal(duration({ wall_ms: 61_000, agenda_ms: 61_000 }), "1 min 1 s");
  assert.equal(duration({ wall_ms: 61_000, agenda_ms: 122_000 }), "1 min 1 s (agenda 2 min 2 s)");
  assert.equal(duration(null), "–");
});

test("a moment is told by the clock, whichever way it was written down", () => {
  const at = new Date(2026, 2, 1, 3, 4, 5);
  assert.equal(clock(at.getTime()), "03:04:05");
  assert.equal(clock(at.toISOString()), "03:04:05");
});

test("figures of a service fit its box", () => {
  assert.deepEqual([3.456, 12.6].map(rate), ["3.5/s", "13/s"]);
  assert.deepEqual([percent(0.9876), percent(0.9876, 0), milliseconds(180), milliseconds(1234)], ["98.8 %", "99 %", "180 ms", "1.23 s"]);
});

test("whatever is missing is a dash to every one of them", () => {
  for (const told of [plain, seconds, milliseconds, money, percent, rate, stopwatch, clock]) {
    for (const nothing of [null, undefined]) assert.equal(told(nothing), "–", told.name);
  }
});
