import assert from "node:assert/strict";
import test from "node:test";
import { command, confidence } from "../logic/picking.js";

test("what is as usual is not typed", () => {
  assert.equal(command({ scenario: "random", agenda: "", seed: "", speed: "1" }), "make drill SCENARIO=random");
  assert.equal(
    command({ scenario: "deadlock", agenda: "workshop-60", seed: "0", speed: "10" }),
    "make drill SCENARIO=deadlock AGENDA=workshop-60 SEED=0 SPEED=10",
  );
});

test("what was not tried is not trusted, and not said to fail", () => {
  assert.deepEqual([null, { holds: true }, { holds: false }].map((proof) => confidence(proof)[0]), ["quiet", "good", "bad"]);
});
