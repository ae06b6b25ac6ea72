import { expect, test } from "vitest";
import { toneOfErrors, toneOfService, toneOfSeverity } from "./tones";

test("a few failures are a warning, many are bad", () => {
  expect([0, 0.005, 0.006, 0.05, 0.051].map(toneOfErrors)).toEqual([
    "good",
    "good",
    "warn",
    "warn",
    "bad",
  ]);
});

test("a service that is down is bad, and one without data neither good nor bad", () => {
  expect(toneOfService(false, 0)).toBe("bad");
  expect(toneOfService(null, null)).toBe("quiet");
  expect(toneOfService(true, null)).toBe("good");
});

test("what is not critical is a warning", () => {
  expect(["critical", "warning", "page"].map(toneOfSeverity)).toEqual(["bad", "warn", "warn"]);
});
