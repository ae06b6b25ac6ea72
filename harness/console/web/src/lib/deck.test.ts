import { expect, test } from "vitest";
import { atTime, record, timetable } from "./deck";

test("a timetable runs from phase to phase", () => {
  const rows = timetable([
    { begin_s: 0, end_s: 900 },
    { begin_s: 900, end_s: 3600 },
    { begin_s: 3600, end_s: null },
  ]);
  expect(rows.map((row) => row.time)).toEqual(["0:00–0:15", "0:15–1:00", "1:00–open"]);
  expect(rows.map((row) => row.share)).toEqual([25, 75, 0]);
  expect(atTime(4200)).toBe("1:10");
});

test("a record counts the drills that count, and those that were mitigated", () => {
  const drill = (scenario: string, mitigate: number | null, counts = true) => ({
    scenario,
    counts,
    kpis: {
      times: { ttm: mitigate === null ? null : { wall_ms: mitigate, agenda_ms: 20 * mitigate } },
    },
  });
  const drills = [
    drill("deadlock", 5000),
    drill("deadlock", null),
    drill("deadlock", 3000, false),
    drill("float-drift", 1),
  ];
  expect(record(drills, "deadlock")).toEqual({ drills: 2, mitigated: 1, fastestMs: 5000 });
  expect(record(drills, "n-plus-one")).toEqual({ drills: 0, mitigated: 0, fastestMs: null });
});
