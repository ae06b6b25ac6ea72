import { expect, test } from "vitest";
import { href } from "./address";

test("the address of a view has its parameters, without the empty ones", () => {
  expect(href("logs", { service: "orders", level: "", trace: null, seq: 4 })).toBe(
    "#/logs?service=orders&seq=4",
  );
  expect(href("changes")).toBe("#/changes");
});

test("what is no letter is written so that it comes back as it was", () => {
  const query = href("traces", { operation: "GET /orders?a&b" }).split("?")[1];
  expect(new URLSearchParams(query).get("operation")).toBe("GET /orders?a&b");
});
