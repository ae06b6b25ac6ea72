import type { Mapping } from "@/api/dashboards";
import { expect, test } from "vitest";
import {
  ago,
  clock,
  duration,
  fromPage,
  inUnit,
  mapped,
  milliseconds,
  money,
  percent,
  plain,
  rate,
  seconds,
  stopwatch,
  tone,
} from "./format";

test("a duration is told in the unit that fits it", () => {
  expect([0, 0.0000421, 0.0042, 0.42, 4.2, 42, 75, 3700, 767_640].map(seconds)).toEqual([
    "0 s",
    "42 µs",
    "4.2 ms",
    "420 ms",
    "4.2 s",
    "42 s",
    "1 min 15 s",
    "1 h 1 min",
    "8 d 21 h",
  ]);
});

test("every unit of the dashboards is known", () => {
  expect(inUnit(0.1234, "percentunit")).toBe("12.3 %");
  expect(inUnit(12.34, "reqps")).toBe("12.3 req/s");
  expect(inUnit(0.5, "ops")).toBe("0.5 /s");
  expect(inUnit(1234.5, "currencyEUR")).toBe("€ 1,234.50");
  expect(inUnit(14.44, "suffix:x")).toBe("14.4 x");
  expect(inUnit(1234, "short")).toBe("1.23 k");
  expect(inUnit(0.0034, "ops")).toBe("0.0034 /s");
  expect([512, 50e6, 0].map((size) => inUnit(size, "bytes"))).toEqual(["512 B", "47.7 MiB", "0 B"]);
  expect(inUnit(7, "none")).toBe("7");
});

test("money has its currency wherever it stands, and cents where they matter", () => {
  expect([money(1234.5), money(1234.5, 0), money(0, 0)]).toEqual(["€ 1,234.50", "€ 1,235", "€ 0"]);
  expect(inUnit(1234.5, "currencyEUR", 0)).toBe(money(1234.5, 0));
});

test("what is not known is a dash, never a zero", () => {
  for (const nothing of [null, undefined, Number.NaN]) expect(inUnit(nothing, "s")).toBe("–");
  expect(inUnit(0, "percentunit")).toBe("0 %");
});

test("a value has the colour of the last step that it reaches", () => {
  const steps = [
    { color: "green", value: null },
    { color: "orange", value: 0.01 },
    { color: "red", value: 0.05 },
  ];
  expect([0, 0.01, 0.049, 0.05, null].map((value) => tone(value, steps))).toEqual([
    "good",
    "warn",
    "warn",
    "bad",
    "muted",
  ]);
});

test("a mapping names a value", () => {
  const mappings: Mapping[] = [{ type: "value", options: { 0: { text: "down", color: "red" } } }];
  expect(mapped(0, mappings)).toEqual({ text: "down", tone: "bad" });
  expect(mapped(1, mappings)).toBeNull();
});

test("a moment ahead of our clock is not in the future", () => {
  expect(ago(5000, 1000)).toBe("0 s ago");
});

test("a stopwatch has hours only when there are any, and tells what is overdue", () => {
  expect([0, 59.9, 247, 3723, -61, -0.5].map(stopwatch)).toEqual([
    "0:00",
    "0:59",
    "4:07",
    "1:02:03",
    "−1:01",
    "0:00",
  ]);
  const at = (type: string, drilltimems: number) => ({
    type,
    drilltimems,
    time: "2026-03-01T03:00:00Z",
  });
  const pages = [{ sent_ms: 60_000 }, { sent_ms: 90_000 }];
  expect(fromPage(at("note.added", 307_000), pages)).toBe("T+4:07");
  expect(fromPage(at("deploy.succeeded", 48_000), pages)).toBe("T−0:12");
  expect(fromPage(at("note.added", 5_000), [])).toBe(clock("2026-03-01T03:00:00Z"));
  expect(duration({ wall_ms: 61_000, agenda_ms: 61_000 })).toBe("1 min 1 s");
  expect(duration({ wall_ms: 61_000, agenda_ms: 122_000 })).toBe("1 min 1 s (agenda 2 min 2 s)");
  expect(duration(null)).toBe("–");
});

test("a moment is told by the clock, whichever way it was written down", () => {
  const at = new Date(2026, 2, 1, 3, 4, 5);
  expect(clock(at.getTime())).toBe("03:04:05");
  expect(clock(at.toISOString())).toBe("03:04:05");
});

test("figures of a service fit its box", () => {
  expect([3.456, 12.6].map(rate)).toEqual(["3.5/s", "13/s"]);
  expect([percent(0.9876), percent(0.9876, 0), milliseconds(180), milliseconds(1234)]).toEqual([
    "98.8 %",
    "99 %",
    "180 ms",
    "1.23 s",
  ]);
});

test("whatever is missing is a dash to every one of them", () => {
  for (const told of [plain, seconds, milliseconds, money, percent, rate, stopwatch, clock]) {
    for (const nothing of [null, undefined]) expect(told(nothing)).toBe("–");
  }
});
