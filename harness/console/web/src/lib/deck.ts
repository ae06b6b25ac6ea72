// The workshop's slides, as far as they are figures: the agenda in time, and how the drills went.

interface Timed {
  begin_s: number;
  end_s: number | null;
}

/** As much of a past drill as is counted. */
interface PlayedDrill {
  counts: boolean;
  scenario: string;
  kpis: { times: { ttm?: { wall_ms: number | null } | null } };
}

const two = (number: number): string => String(number).padStart(2, "0");

/** Seconds as the slides write a time of the workshop: 0:05, 1:10. */
export function atTime(seconds: number | null): string {
  if (seconds === null) return "open";
  return `${Math.floor(seconds / 3600)}:${two(Math.round(seconds / 60) % 60)}`;
}

/** Phases as rows of a timetable, each with its share of the whole in percent. */
export function timetable<P extends Timed>(
  phases: readonly P[],
): (P & { time: string; share: number })[] {
  const whole = Math.max(...phases.map((one) => one.end_s ?? one.begin_s), 1);
  return phases.map((one) => ({
    ...one,
    time: `${atTime(one.begin_s)}–${atTime(one.end_s)}`,
    share: one.end_s === null ? 0 : (100 * (one.end_s - one.begin_s)) / whole,
  }));
}

/** How the drills of scenarios whose name has `word` in it went: `{drills, mitigated, fastestMs}`. */
export function record(
  drills: readonly PlayedDrill[],
  word: string,
): { drills: number; mitigated: number; fastestMs: number | null } {
  const found = drills.filter((one) => one.counts && one.scenario.includes(word));
  const times = found
    .map((one) => one.kpis.times.ttm?.wall_ms)
    .filter((ms) => ms !== null && ms !== undefined);
  return {
    drills: found.length,
    mitigated: times.length,
    fastestMs: times.length ? Math.min(...times) : null,
  };
}
