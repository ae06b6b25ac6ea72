// The workshop's slides, as far as they are figures: the agenda in time, and how the drills went.

const two = (number) => String(number).padStart(2, "0");

/** Seconds as the slides write a time of the workshop: 0:05, 1:10. */
export function atTime(seconds) {
  if (seconds === null) return "open";
  return `${Math.floor(seconds / 3600)}:${two(Math.round(seconds / 60) % 60)}`;
}

/** Phases as rows of a timetable, each with its share of the whole in percent. */
export function timetable(phases) {
  const whole = Math.max(...phases.map((one) => one.end_s ?? one.begin_s), 1);
  return phases.map((one) => ({
    ...one,
    time: `${atTime(one.begin_s)}–${atTime(one.end_s)}`,
    share: one.end_s === null ? 0 : (100 * (one.end_s - one.begin_s)) / whole,
  }));
}

/** How the drills of scenarios whose name has `word` in it went: `{drills, mitigated, fastestMs}`. */
export function record(drills, word) {
  const found = drills.filter((one) => one.counts && one.scenario.includes(word));
  const times = found.map((one) => one.kpis.times.ttm?.wall_ms).filter((ms) => ms !== null && ms !== undefined);
  return { drills: found.length, mitigated: times.length, fastestMs: times.length ? Math.min(...times) : null };
}
