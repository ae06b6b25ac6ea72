import { expect, test } from "vitest";
import type { Override } from "@/api/dashboards";
import { fixedColor, laneOf, seriesColor } from "./colors";
import { faded, mixed } from "./theme";

const override = (id: Override["matcher"]["id"], options: string, color: string): Override => ({
  matcher: { id, options },
  properties: [{ id: "color", value: { mode: "fixed", fixedColor: color } }],
});

test("a service has one colour, as a series and as a lane", () => {
  expect(laneOf("payments")).toBe(`var(${seriesColor("payments", 7)})`);
  expect(laneOf("payments")).not.toBe(laneOf("orders"));
});

test("after ten series the colours begin anew", () => {
  expect(seriesColor("5xx", 12)).toBe(seriesColor("2xx", 2));
});

test("a colour of the dashboard counts for the series that it names", () => {
  const overrides = [
    override("byRegexp", "\\b(error|failed)$", "red"),
    override("byName", "paid", "green"),
  ];
  expect(fixedColor("charge failed", overrides)).toBe("--bad");
  expect(fixedColor("paid", overrides)).toBe("--good");
  expect(fixedColor("failed late", overrides)).toBeUndefined();
});

test("a colour that the console has no word for changes nothing", () => {
  expect(fixedColor("paid", [override("byName", "paid", "semi-dark-pink")])).toBeUndefined();
});

test("a colour is let through by an alpha", () => {
  expect(faded("rgb(1, 2, 3)", 0.33)).toBe("rgba(1, 2, 3, 0.33)");
});

test("an area of a stack covers what is behind it", () => {
  expect(mixed("rgb(200, 0, 100)", "rgb(0, 0, 0)", 0.5)).toBe("rgb(100, 0, 50)");
});
