// What is read off a chart: ticks, labels of marks, the values at the cursor, the cursor by keys.

import { expect, test, vi } from "vitest";
import type uPlot from "uplot";
import { steer } from "./keys";
import { labelsAt } from "./marks";
import { columnsOf, ticksOf } from "./options";
import { sorted } from "./tooltip";

const series = (label: string, ...values: (number | null)[]) => ({ label, ink: "", values });
const given = { times: [] };

test("a stack is drawn as sums, the uppermost first", () => {
  const columns = columnsOf([1, 2], [series("a", 1, null), series("b", 10, 20)], true);
  expect(columns).toEqual([
    [1, 2],
    [11, 20],
    [1, 0],
  ]);
});

test("ticks have their unit, and no cents between whole euros", () => {
  expect(ticksOf([0, 20_000, 40_000], { ...given, unit: "currencyEUR" })[2]).toBe("€ 40,000");
  expect(ticksOf([0, 0.5], { ...given, unit: "currencyEUR" })).toEqual(["€ 0.00", "€ 0.50"]);
  expect(ticksOf([0, 0.25], { ...given, unit: "percentunit" })).toEqual(["0 %", "25 %"]);
});

test("ticks of states are their words alone", () => {
  const options = { 0: { text: "closed", color: "green" }, 2: { text: "open", color: "red" } };
  const mappings = [{ type: "value" as const, options }];
  expect(ticksOf([0, 0.5, 2], { ...given, unit: "none", mappings })).toEqual([
    "closed",
    "",
    "open",
  ]);
});

test("labels of marks are never written over a neighbour's line or label", () => {
  const marks = [10, 14, 60, 95].map((x) => ({ x, width: 30 }));
  expect(labelsAt(marks, [0, 100])).toEqual([null, 14, 60, null]);
  expect(labelsAt([{ x: 95, width: 30 }], [0, 100])).toEqual([65]);
});

test("the largest value is the first, and what has none is left out", () => {
  const shown = [series("small", 1), series("none", null), series("large", 5)];
  expect(sorted({ series: shown }, 0).map((one) => one.label)).toEqual(["large", "small"]);
});

function plotAt(idx: number | null) {
  const setCursor = vi.fn<(at: { left: number; top: number }) => void>();
  const plot = {
    data: [[100, 110, 120, 130, 140]],
    cursor: { idx, left: idx === null ? -10 : 5 },
    over: { clientHeight: 80 },
    valToPos: (value: number) => value,
    setCursor,
  };
  return { plot: plot as unknown as uPlot, setCursor };
}

test("arrows move the cursor from moment to moment, and stop at the ends", () => {
  for (const [from, key, to] of [
    [2, "ArrowLeft", 110],
    [null, "ArrowLeft", 130],
    [4, "ArrowRight", 140],
    [2, "Home", 100],
  ] as const) {
    const { plot, setCursor } = plotAt(from);
    expect(steer(plot, key, undefined)).toBe(true);
    expect(setCursor).toHaveBeenCalledWith({ left: to, top: 20 });
  }
});

test("plus comes closer to the cursor, minus goes away; other keys are nobody's", () => {
  const zoom = vi.fn<(begin: number, end: number) => void>();
  const { plot } = plotAt(2);
  expect(["+", "-", "x", "Tab"].map((key) => steer(plot, key, zoom))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(zoom.mock.calls).toEqual([
    [110, 130],
    [80, 160],
  ]);
});
