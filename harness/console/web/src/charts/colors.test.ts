import { expect, test } from "vitest";
import { laneOf, namedColor, seriesColor } from "./colors";
import { faded, mixed } from "./theme";

test("a service has one colour, as a series and as a lane", () => {
  expect(laneOf("payments")).toBe(`var(${seriesColor("payments", 7)})`);
  expect(laneOf("payments")).not.toBe(laneOf("orders"));
});

test("after ten series the colours begin anew", () => {
  expect(seriesColor("5xx", 12)).toBe(seriesColor("2xx", 2));
});

test("a colour of a dashboard is one of ours, in its shade", () => {
  expect(namedColor("red")).toEqual({ name: "--bad", shade: undefined });
  expect(namedColor("dark-red")).toEqual({ name: "--bad", shade: "dark" });
  expect(namedColor("semi-dark-green")).toEqual({ name: "--good", shade: "dark" });
});

test("a colour that the console has no word for changes nothing", () => {
  expect(["semi-dark-pink", "#fff", undefined].map(namedColor)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a colour is let through by an alpha", () => {
  expect(faded("rgb(1, 2, 3)", 0.33)).toBe("rgba(1, 2, 3, 0.33)");
});

test("an area of a stack covers what is behind it", () => {
  expect(mixed("rgb(200, 0, 100)", "rgb(0, 0, 0)", 0.5)).toBe("rgb(100, 0, 50)");
});
