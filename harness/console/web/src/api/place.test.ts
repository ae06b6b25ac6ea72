import { expect, test } from "vitest";
import { placeIn } from "./place";

test("a console below a hub asks the drill of its address", () => {
  expect(placeIn("/drills/r-1f2e3d4c/")).toBe("/drills/r-1f2e3d4c");
});

test("any other console asks whoever served it", () => {
  for (const path of ["/", "/drills/", "/drills/r-1", "/drills//x/", "/x/drills/r-1/"]) {
    expect(placeIn(path)).toBe("");
  }
});
