import { expect, test } from "vitest";
import { USUAL, asked, command, confidence } from "./picking";

test("what is as usual is not typed", () => {
  expect(command({ scenario: "random", agenda: "", seed: "", speed: "1" })).toBe(
    "make drill SCENARIO=random",
  );
  expect(command({ scenario: "deadlock", agenda: "workshop-60", seed: "0", speed: "10" })).toBe(
    "make drill SCENARIO=deadlock AGENDA=workshop-60 SEED=0 SPEED=10",
  );
});

test("a hub is asked for what was chosen, and decides what was not", () => {
  expect(asked(USUAL)).toEqual({ scenario: "random", agenda: null, seed: null, speed: 1 });
  expect(asked({ scenario: "deadlock", agenda: "solo", seed: "0", speed: "4" })).toEqual({
    scenario: "deadlock",
    agenda: "solo",
    seed: 0,
    speed: 4,
  });
});

test("what was not tried is not trusted, and not said to fail", () => {
  expect([null, { holds: true }, { holds: false }].map((proof) => confidence(proof)[0])).toEqual([
    "quiet",
    "good",
    "bad",
  ]);
});
