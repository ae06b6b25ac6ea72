import { expect, test } from "vitest";
import { asList, counted, words } from "./words";

test("an id reads as words", () => {
  expect(words("no_data-yet")).toBe("no data yet");
});

test("empty lines of a box are no entries", () => {
  expect(asList(" one \n\n two")).toEqual(["one", "two"]);
  expect(asList("  \n")).toEqual([]);
});

test("one is not many", () => {
  expect(counted(1, "action", "actions")).toBe("1 action");
  expect(counted(0, "action", "actions")).toBe("0 actions");
});
