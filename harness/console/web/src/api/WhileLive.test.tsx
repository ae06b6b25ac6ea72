import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, expect, test } from "vitest";
import { moment } from "@/api/moment";
import { WhileLive } from "./WhileLive";

afterEach(() => moment.set({ review: null, atS: null }));

test.each([
  [null, "Acknowledge"],
  [{ begin_s: 1, end_s: 2 }, ""],
])("acts are there while the drill runs, and in its review they are not", (review, shown) => {
  moment.set({ review, atS: null });
  expect(renderToStaticMarkup(<WhileLive>Acknowledge</WhileLive>)).toBe(shown);
});
