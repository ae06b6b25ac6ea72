import { expect, test } from "vitest";
import { command, confidence } from "./picking";

test("what is as usual is not typed", () => {
  expect(command({ scenario: "random", agenda: "", seed: "", speed: "1" })).toBe(
    "make drill SCENARIO=random",
  );
  expect(command({ scenario: "deadlock", agenda: "workshop-60", seed: "0", speed: "10" })).toBe(
    "make drill SCENARIO=deadlock AGENDA=workshop-60 SEED=0 SPEED=10",
  );
});

test("what was not tried is not trusted, and not said to fail", () => {
  expect([null, { holds: true }, { holds: false }].map((proof) => confidence(proof)[0])).toEqual([
    "quiet",
    "good",
    "bad",
  ]);
});
