import type { DrillRecord } from "@/api/records";
import type { Deploy } from "@/api/types";
import { expect, test } from "vitest";
import { changesOf } from "./changes";

const event = (type: string, label: string, text: string, time = "2026-01-01T00:01:00Z") =>
  ({ id: text, type, time, label, text, tone: "info" }) as DrillRecord;

test("releases from before the drill come first, what the record says follows", () => {
  const deploy: Deploy = {
    deploy_id: "d",
    at: "2026-01-01T00:00:00Z",
    service: "feed",
    version_from: "1",
    version_to: "2",
    commit: "",
    kind: "release",
    outcome: "succeeded",
    error: "",
    by: "kim",
    summary: "more",
  };
  const found = changesOf([event("alert.fired", "alert", "HighErrorRate")], [deploy]);
  expect(found.map((one) => one.text)).toEqual(["feed 1 → 2: more by kim", "HighErrorRate"]);
});

test("the same again is counted, and what changes nothing is left out", () => {
  const flapping = event("alert.fired", "alert", "HighErrorRate");
  const found = changesOf([flapping, flapping, event("role.joined", "joined", "Ada")], []);
  expect(found.map((one) => one.text)).toEqual(["HighErrorRate (2 times)"]);
});

test("what the exercise tells the team is there, too", () => {
  const told = ["hint.taken", "phase.changed", "cause.confirmed", "answer.revealed"];
  const found = changesOf(
    told.map((type) => event(type, "label", type)),
    [],
  );
  expect(found.map((one) => one.text)).toEqual(told);
});
