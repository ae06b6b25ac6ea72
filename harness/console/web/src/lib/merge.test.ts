import type { Belief } from "./merge";
import { expect, test } from "vitest";
import { freshId, mergedHypotheses, mergedIncident, mergedLines, mergedTriage } from "./merge";

const one = (
  id: string,
  text: string,
  probability: number,
  more: Partial<Belief> = {},
): Belief => ({
  id,
  text,
  probability,
  service: "",
  mechanism: "",
  for: [],
  against: [],
  ...more,
});
const texts = (found: readonly Belief[]) => found.map((hypothesis) => hypothesis.text);

test("what each of two people added stays, and the sum is 100", () => {
  const base = [one("h1", "timeouts", 100)];
  const found = mergedHypotheses(
    base,
    [one("h1", "timeouts", 60), one("h2", "mine", 40)],
    [one("h1", "timeouts", 70), one("h2", "theirs", 30)],
  );
  expect(texts(found)).toEqual(["timeouts", "theirs", "mine"]);
  expect(new Set(found.map((hypothesis) => hypothesis.id)).size).toBe(3);
  expect(found?.reduce((sum, hypothesis) => sum + hypothesis.probability, 0)).toBe(100);
});

test("where both rewrote one text, both texts are there", () => {
  const [found] = mergedHypotheses(
    [one("h1", "slow", 100)],
    [one("h1", "slow provider", 100)],
    [one("h1", "slow database", 100)],
  );
  expect(found?.text).toBe("slow database / slow provider");
});

test("where one rewrote it, that is the text, and evidence of both is kept", () => {
  const base = [one("h1", "slow", 100)];
  const [found] = mergedHypotheses(
    base,
    [one("h1", "slow", 100, { for: ["log:1"] })],
    [one("h1", "slower", 100, { for: ["log:2"] })],
  );
  expect(found?.text).toBe("slower");
  expect(found?.for).toEqual(["log:2", "log:1"]);
});

test("what one removed and the other left alone is gone; what the other changed is not", () => {
  const base = [one("h1", "a", 50), one("h2", "b", 50)];
  expect(
    texts(mergedHypotheses(base, [one("h1", "a", 100)], [one("h1", "a", 40), one("h2", "b", 50)])),
  ).toEqual(["a"]);
  expect(
    texts(mergedHypotheses(base, [one("h1", "a", 100)], [one("h1", "a", 40), one("h2", "b!", 60)])),
  ).toEqual(["a", "b!"]);
  expect(
    texts(mergedHypotheses(base, [one("h1", "a", 40), one("h2", "b!", 60)], [one("h1", "a", 100)])),
  ).toEqual(["a", "b!"]);
});

test("lines of both are kept once", () => {
  expect(mergedLines("a\nmine\n", "a\ntheirs")).toBe("a\ntheirs\nmine");
  expect(mergedLines("", "")).toBe("");
});

test("an id that is taken is not given again", () => {
  expect(freshId([])).toBe("h1");
  expect(freshId(["h2", "h3"])).toBe("h4");
  expect(freshId(["h3", "x"])).toBe("h4");
});

const incident = (more = {}) => ({
  severity: "sev2",
  users: "",
  summary: "",
  blast: "",
  systems: [],
  escalate: [],
  ...more,
});

test("of two who declare an incident, both sentences stay, and what only one changed is theirs", () => {
  const found = mergedIncident(
    incident(),
    incident({ summary: "checkout fails", systems: ["orders"], users: "70" }),
    incident({
      summary: "payments fail",
      systems: ["payments"],
      severity: "sev1",
      blast: "all who pay",
    }),
  );
  expect(found).toEqual({
    severity: "sev1",
    users: "70",
    summary: "payments fail / checkout fails",
    blast: "all who pay",
    systems: ["payments", "orders"],
    escalate: [],
  });
});

test("a sentence that one of them left alone is the other's", () => {
  const base = incident({ summary: "slow" });
  expect(mergedIncident(base, base, incident({ summary: "slower" })).summary).toBe("slower");
  expect(mergedIncident(base, incident({ summary: "down" }), base).summary).toBe("down");
});

test("a triage of two holds the lines of both and each priority once", () => {
  const sheet = (known: string, ...priorities: string[]) => ({
    known,
    unknown: "",
    later: "",
    priorities: priorities.map((text) => ({ kind: "other", text })),
  });
  const found = mergedTriage(sheet(""), sheet("mine", "look", "tell"), sheet("theirs", "look"));
  expect(found?.known).toBe("theirs\nmine");
  expect(found?.priorities.map((each) => each.text)).toEqual(["look", "tell"]);
});
