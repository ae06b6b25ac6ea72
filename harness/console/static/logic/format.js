// Numbers and times as people read them, in the units that the dashboards name.

const SHORT = [[1e9, "G"], [1e6, "M"], [1e3, "k"]];

const DAY_S = 86_400;
const NOTHING = "–";
const isNothing = (value) => value === null || value === undefined || Number.isNaN(value);

/** A figure with as many decimals as its size deserves, unless told how many; a dash for none. */
export function plain(value, decimals) {
  if (isNothing(value)) return NOTHING;
  const size = Math.abs(value);
  const places = decimals ?? (size >= 100 || Number.isInteger(value) ? 0 : size >= 1 ? 2 : 3);
  return value.toLocaleString("en-US", { maximumFractionDigits: places, useGrouping: size >= 1e4 });
}

/** 0.0042 → "4.2 ms", 75 → "1 min 15 s", a week → "7 d 0 h". */
export function seconds(value) {
  if (isNothing(value)) return NOTHING;
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 0.001) return `${plain(value * 1e6, 0)} µs`;
  if (size < 1) return `${plain(value * 1e3, size < 0.1 ? 1 : 0)} ms`;
  if (size < 60) return `${plain(value, size < 10 ? 2 : 1)} s`;
  const whole = Math.round(value);
  if (size < 3600) return `${Math.trunc(whole / 60)} min ${Math.abs(whole % 60)} s`;
  if (size < 2 * DAY_S) return `${Math.trunc(whole / 3600)} h ${Math.trunc(Math.abs(whole % 3600) / 60)} min`;
  return `${Math.trunc(whole / DAY_S)} d ${Math.trunc(Math.abs(whole % DAY_S) / 3600)} h`;
}

/** The same of milliseconds. */
export const milliseconds = (value) => (isNothing(value) ? NOTHING : seconds(value / 1000));

/** A duration of the record: the wall's time, with the agenda's beside it where they read differently. */
export function duration(took) {
  if (isNothing(took)) return NOTHING;
  const [wall, agenda] = [took.wall_ms, took.agenda_ms].map((ms) => milliseconds(Math.round(ms / 100) * 100));
  return wall === agenda ? wall : `${wall} (agenda ${agenda})`;
}

/** 0.123 → "12.3 %". */
export const percent = (ratio, decimals = 1) => (isNothing(ratio) ? NOTHING : `${plain(ratio * 100, decimals)} %`);

/** So many a second: "3.5/s". */
export const rate = (value) => (isNothing(value) ? NOTHING : `${plain(value, value >= 10 ? 0 : 1)}/s`);

/** 1234.5 → "€ 1,234.50"; with fewer decimals where cents would only be noise. */
export function money(value, decimals = 2) {
  if (isNothing(value)) return NOTHING;
  return `€ ${value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}`;
}

function short(value, decimals) {
  for (const [size, letter] of SHORT) {
    if (Math.abs(value) >= size) return `${plain(value / size, decimals ?? 1)} ${letter}`;
  }
  return plain(value, decimals);
}

/** `value` in one of Grafana's units; a dash where there is none. */
export function inUnit(value, unit, decimals) {
  if (isNothing(value)) return NOTHING;
  if (!unit || unit === "none") return plain(value, decimals);
  if (unit === "percentunit") return percent(value, decimals);
  if (unit === "s") return seconds(value);
  if (unit === "reqps") return `${short(value, decimals ?? 1)} req/s`;
  if (unit === "ops") return `${short(value, decimals ?? 1)} /s`;
  if (unit === "currencyEUR") return money(value, decimals ?? 2);
  if (unit === "dateTimeAsIso") return dateTime(value);
  if (unit.startsWith("suffix:")) return `${plain(value, decimals ?? 1)}${unit.slice(7)}`;
  return short(value, decimals);
}

const two = (number) => String(number).padStart(2, "0");

/** Seconds as a stopwatch shows them: 4:07, 1:02:03; negative ones with a minus. */
export function stopwatch(value) {
  if (isNothing(value)) return NOTHING;
  const whole = Math.floor(Math.abs(value));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const text = hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  return value < 0 && whole > 0 ? `−${text}` : text;
}

/** When an event of the record was, counted from the first of all pages: T+4:07, T−0:12; the time of day while there is none. */
export function fromPage(event, pages) {
  if (!pages.length) return clock(event.time);
  const seconds = (event.drilltimems - pages[0].sent_ms) / 1000;
  return `${seconds < 0 ? "T−" : "T+"}${stopwatch(Math.abs(seconds))}`;
}

/** HH:MM:SS of a moment (ISO text, or milliseconds), in the reader's own time zone. */
export function clock(moment) {
  if (isNothing(moment) || moment === "") return NOTHING;
  const at = new Date(moment);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** The same with thousandths. */
export function clockMs(atMs) {
  return `${clock(atMs)}.${String(new Date(atMs).getMilliseconds()).padStart(3, "0")}`;
}

/** A day and a time; the year goes without saying. */
export function dateTime(atMs) {
  const at = new Date(atMs);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(atMs)}`;
}

/** "12 s ago", "3 min ago". */
export function ago(atMs, nowMs) {
  return `${seconds(Math.max(0, Math.round((nowMs - atMs) / 1000)))} ago`;
}

const TONES = { green: "good", orange: "warn", yellow: "warn", red: "bad", blue: "accent" };

/** Which of our colours a value has by Grafana's threshold steps, which rise. */
export function tone(value, steps) {
  let found = "accent";
  if (value === null || value === undefined) return "muted";
  for (const step of steps ?? []) {
    if (step.value === null || value >= step.value) found = TONES[step.color] ?? "accent";
  }
  return found;
}

/** What a mapping makes of a value: `{text, tone}`, or null where none fits. */
export function mapped(value, mappings) {
  for (const mapping of mappings ?? []) {
    const found = mapping.type === "value" ? mapping.options[String(value)] : null;
    if (found) return { text: found.text, tone: TONES[found.color] ?? "accent" };
  }
  return null;
}
