import { expect, test } from "vitest";
import { bounded, measured, measureName } from "./objectives";

test("a measure has the name that people give it", () => {
  expect(measureName("checkout_success_ratio")).toBe("Checkout success rate");
  expect(measureName("support_desk_p95_ms")).toBe("Support desk latency, p95");
  expect(measureName("memory_growth_mb")).toBe("Memory growth");
  expect(measureName("charged_once_ratio")).toBe("Orders charged once");
  expect(measureName("something_new")).toBe("Something new");
});

test("a value has its unit, and none is a dash", () => {
  expect(measured("checkout_success_ratio", 1 / 3)).toBe("33.3 %");
  expect(measured("checkout_p95_ms", 10_073)).toBe("10.1 s");
  expect(measured("oldest_task_s", 3)).toBe("3 s");
  expect(measured("memory_growth_mb", 12.5)).toBe("12.5 MB");
  expect(measured("sessions_replaced", 4)).toBe("4");
  expect(measured("running_total_exact", 0)).toBe("no");
  expect(measured("checkout_p95_ms", null)).toBe("–");
});

test("an objective is written in the unit of its values", () => {
  expect(bounded("checkout_success_ratio", "≥ 0.98")).toBe("≥ 98 %");
  expect(bounded("basket_p95_ms", "≤ 1500")).toBe("≤ 1.5 s");
  expect(bounded("oldest_task_s", "3 to 5")).toBe("3 s to 5 s");
  expect(bounded("reconciliation_honest", "≥ 1")).toBe("yes");
  expect(bounded("something_new", "known")).toBe("known");
});
