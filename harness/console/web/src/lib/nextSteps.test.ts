import { describe, expect, test } from "vitest";
import type { Standing } from "./nextSteps";
import { nextSteps, STEPS_SHOWN } from "./nextSteps";

const HEALTHY: Standing = {
  isPaged: false,
  openPages: 0,
  asking: [],
  updateDueS: null,
  isReview: false,
  isSolo: false,
  shop: "http://127.0.0.1:8000",
  has: new Set(),
  hasEvidence: false,
  hasActed: false,
  isProven: false,
  isResolved: false,
};
const PAGED: Standing = { ...HEALTHY, isPaged: true, openPages: 2, updateDueS: 200 };
const ids = (standing: Standing, ...roles: string[]) =>
  nextSteps(standing, roles).map((one) => one.id);

describe("before the page", () => {
  test("people look around", () => {
    expect(ids(HEALTHY, "on-call")).toEqual(["healthy", "map", "log"]);
  });
  test("who looks after the pages of the shop goes there first", () => {
    expect(nextSteps(HEALTHY, ["frontend"])[0]).toEqual({
      id: "shop",
      text: "Try the shop as a customer",
      href: HEALTHY.shop,
    });
  });
});

describe("while it burns", () => {
  test("a page that waits comes first for everybody, then one's own", () => {
    expect(ids(PAGED, "on-call")).toEqual(["acknowledge", "declare-incident", "triage"]);
    expect(ids(PAGED, "backend")).toEqual(["acknowledge", "changes", "traces"]);
    expect(ids(PAGED, "bridge")).toEqual(["acknowledge", "update", "hypotheses"]);
    expect(nextSteps(PAGED, [])[0]?.text).toBe("Acknowledge 2 pages");
  });
  test("what is done is not asked for again", () => {
    const later: Standing = {
      ...PAGED,
      openPages: 0,
      has: new Set(["incident.declared", "triage.written", "hypotheses.revised"] as const),
      hasEvidence: true,
    };
    expect(ids(later, "on-call")).toEqual(["contain", "mark", "declare"]);
    expect(ids({ ...later, hasActed: true }, "on-call")).toEqual(["prove", "mark", "declare"]);
  });
  test("whoever asked is answered", () => {
    const asked = { ...PAGED, openPages: 0, asking: ["Support", "Chief executive"] };
    expect(nextSteps(asked, ["bridge"])[0]?.text).toBe("Answer: Chief executive");
  });
});

describe("after the proof", () => {
  const proven: Standing = { ...PAGED, openPages: 0, isProven: true };
  test("stakeholders hear of it, and the team learns", () => {
    expect(ids(proven, "bridge")).toEqual(["resolved", "items", "before-after"]);
    expect(ids({ ...proven, isResolved: true }, "documentation")).toEqual([
      "postmortem",
      "before-after",
      "items",
    ]);
  });
  test("whoever plays alone ends the drill; where somebody leads, that one does", () => {
    const alone = ids({ ...proven, isSolo: true, isResolved: true });
    expect(alone).toEqual(["before-after", "postmortem", "finish"]);
    expect(ids({ ...proven, isResolved: true })).not.toContain("finish");
  });
  test("a phase of review asks for nothing of the incident, even unproven", () => {
    expect(ids({ ...PAGED, isReview: true }, "on-call")).toEqual([
      "before-after",
      "postmortem",
      "items",
    ]);
  });
});

test("there are never more than three, and never none", () => {
  for (const one of [HEALTHY, PAGED, { ...PAGED, isProven: true }, { ...PAGED, isReview: true }])
    for (const role of ["", "on-call", "backend", "frontend", "bridge", "documentation"]) {
      expect(ids(one, role).length).toBe(STEPS_SHOWN);
    }
});
