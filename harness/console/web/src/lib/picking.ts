// The command of a drill that was picked, and how far its scenario can be trusted.

import type { Tone } from "@/api/types";

export interface DrillChoice {
  scenario: string;
  agenda: string;
  seed: string;
  speed: string;
}

/** Whatever it may be: which one, nobody is told. */
export const RANDOM = "random";
export const USUAL: DrillChoice = { scenario: RANDOM, agenda: "", seed: "", speed: "1" };

/** The choice as a hub is asked for it; null where the scenario or the hub decides. */
export function asked({ scenario, agenda, seed, speed }: DrillChoice) {
  return {
    scenario,
    agenda: agenda || null,
    seed: seed === "" ? null : Number(seed),
    speed: Number(speed) || 1,
  };
}

/** What is typed to run it; what is as usual is left out. */
export function command({ scenario, agenda, seed, speed }: DrillChoice): string {
  const words = ["make drill", `SCENARIO=${scenario}`];
  if (agenda) words.push(`AGENDA=${agenda}`);
  if (seed !== "") words.push(`SEED=${seed}`);
  if (Number(speed) > 0 && Number(speed) !== 1) words.push(`SPEED=${speed}`);
  return words.join(" ");
}

/** `[tone, word]` for what the matrix found; null where it did not try. */
export function confidence(proof: { holds: boolean } | null): readonly [Tone, string] {
  if (!proof) return ["quiet", "not tested here"];
  return proof.holds ? ["good", "verified"] : ["bad", "failed"];
}
