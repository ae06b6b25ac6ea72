// Numbers and times as people read them, in the units that the dashboards name.

import type { Mapping, ThresholdStep } from "@/api/dashboards";
import type { Duration } from "@/api/scoring";

export type Figure = number | null | undefined;
export type Moment = number | string | null | undefined;
export type FigureTone = "good" | "warn" | "bad" | "accent" | "muted";

const SHORT: readonly (readonly [number, string])[] = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];
const DAY_S = 86_400;
const NOTHING = "–";
const isNothing = (value: number | string | null | undefined): value is null | undefined =>
  value === null || value === undefined || Number.isNaN(value);

/** A figure with as many decimals as its size deserves, unless told how many; a dash for none. */
export function plain(value: Figure, decimals?: number): string {
  if (isNothing(value)) return NOTHING;
  const size = Math.abs(value);
  const places = decimals ?? (size >= 100 || Number.isInteger(value) ? 0 : size >= 1 ? 2 : 3);
  return value.toLocaleString("en-US", { maximumFractionDigits: places, useGrouping: size >= 1e4 });
}

/** 0.0042 → "4.2 ms", 75 → "1 min 15 s", a week → "7 d 0 h". */
export function seconds(value: Figure): string {
  if (isNothing(value)) return NOTHING;
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 0.001) return `${plain(value * 1e6, 0)} µs`;
  if (size < 1) return `${plain(value * 1e3, size < 0.1 ? 1 : 0)} ms`;
  if (size < 60) return `${plain(value, size < 10 ? 2 : 1)} s`;
  const whole = Math.round(value);
  if (size < 3600) return `${Math.trunc(whole / 60)} min ${Math.abs(whole % 60)} s`;
  if (size < 2 * DAY_S)
    return `${Math.trunc(whole / 3600)} h ${Math.trunc(Math.abs(whole % 3600) / 60)} min`;
  return `${Math.trunc(whole / DAY_S)} d ${Math.trunc(Math.abs(whole % DAY_S) / 3600)} h`;
}

/** The same of milliseconds. */
export const milliseconds = (value: Figure): string =>
  isNothing(value) ? NOTHING : seconds(value / 1000);

/** A duration of the record: the wall's time, with the agenda's beside it where they read differently. */
export function duration(took: Duration | null | undefined): string {
  if (!took) return NOTHING;
  const tenths = (ms: number) => milliseconds(Math.round(ms / 100) * 100);
  const [wall, agenda] = [tenths(took.wall_ms), tenths(took.agenda_ms)];
  return wall === agenda ? wall : `${wall} (agenda ${agenda})`;
}

/** 0.123 → "12.3 %". */
export const percent = (ratio: Figure, decimals = 1): string =>
  isNothing(ratio) ? NOTHING : `${plain(ratio * 100, decimals)} %`;

/** So many a second: "3.5/s". */
export const rate = (value: Figure): string =>
  isNothing(value) ? NOTHING : `${plain(value, value >= 10 ? 0 : 1)}/s`;

/** 1234.5 → "€ 1,234.50"; with fewer decimals where cents would only be noise. */
export function money(value: Figure, decimals = 2): string {
  if (isNothing(value)) return NOTHING;
  return `€ ${value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}`;
}

/** How many decimals three figures that count take, at most four. */
function placesOf(value: number): number {
  const size = Math.abs(value);
  return size ? Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(size)))) : 0;
}

const counted = (value: number, decimals: number | undefined): string =>
  plain(value, decimals ?? placesOf(value));

function short(value: number, decimals: number | undefined): string {
  for (const [size, letter] of SHORT) {
    if (Math.abs(value) >= size) return `${counted(value / size, decimals)} ${letter}`;
  }
  return counted(value, decimals);
}

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB"];

function bytes(value: number, decimals: number | undefined): string {
  const power = value ? Math.floor(Math.log(Math.abs(value)) / Math.log(1024)) : 0;
  const fitting = Math.min(BYTES.length - 1, Math.max(0, power));
  return `${counted(value / 1024 ** fitting, decimals)} ${BYTES[fitting]}`;
}

/** `value` in one of Grafana's units; a dash where there is none. */
export function inUnit(value: Figure, unit: string | undefined, decimals?: number): string {
  if (isNothing(value)) return NOTHING;
  if (!unit || unit === "none") return plain(value, decimals);
  if (unit === "percentunit") return `${counted(value * 100, decimals)} %`;
  if (unit === "s") return seconds(value);
  if (unit === "reqps") return `${short(value, decimals)} req/s`;
  if (unit === "ops") return `${short(value, decimals)} /s`;
  if (unit === "currencyEUR") return money(value, decimals ?? 2);
  if (unit === "dateTimeAsIso") return dateTime(value);
  if (unit === "bytes") return bytes(value, decimals);
  if (unit.startsWith("suffix:")) return `${counted(value, decimals)} ${unit.slice(7)}`;
  return short(value, decimals);
}

const two = (number: number): string => String(number).padStart(2, "0");

/** Seconds as a stopwatch shows them: 4:07, 1:02:03; negative ones with a minus. */
export function stopwatch(value: Figure): string {
  if (isNothing(value)) return NOTHING;
  const whole = Math.floor(Math.abs(value));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const text = hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  return value < 0 && whole > 0 ? `−${text}` : text;
}

/** When an event of the record was, counted from the first of all pages: T+4:07, T−0:12; the time of day while there is none. */
export function fromPage(
  event: { time: string; drilltimems: number },
  pages: readonly { sent_ms: number }[],
): string {
  const first = pages[0];
  if (!first) return clock(event.time);
  const sinceS = (event.drilltimems - first.sent_ms) / 1000;
  return `${sinceS < 0 ? "T−" : "T+"}${stopwatch(Math.abs(sinceS))}`;
}

/** HH:MM:SS of a moment (ISO text, or milliseconds), in the reader's own time zone. */
export function clock(moment: Moment): string {
  if (isNothing(moment) || moment === "") return NOTHING;
  const at = new Date(moment);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** The same with thousandths. */
export function clockMs(atMs: number): string {
  return `${clock(atMs)}.${String(new Date(atMs).getMilliseconds()).padStart(3, "0")}`;
}

/** A day and a time; the year goes without saying. */
export function dateTime(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(atMs)}`;
}

/** "12 s ago", "3 min ago". */
export function ago(atMs: number, nowMs: number): string {
  return `${seconds(Math.max(0, Math.round((nowMs - atMs) / 1000)))} ago`;
}

const TONES: Record<string, FigureTone> = {
  green: "good",
  orange: "warn",
  yellow: "warn",
  red: "bad",
  blue: "accent",
};

/** Which of our colours a value has by Grafana's threshold steps, which rise. */
export function tone(value: Figure, steps: readonly ThresholdStep[] | undefined): FigureTone {
  let found: FigureTone = "accent";
  if (value === null || value === undefined) return "muted";
  for (const step of steps ?? []) {
    if (step.value === null || value >= step.value) found = TONES[step.color] ?? "accent";
  }
  return found;
}

/** What a mapping makes of a value: `{text, tone}`, or null where none fits. */
export function mapped(
  value: Figure,
  mappings: readonly Mapping[] | undefined,
): { text: string; tone: FigureTone } | null {
  for (const mapping of mappings ?? []) {
    const found = mapping.type === "value" ? mapping.options[String(value)] : null;
    if (found) return { text: found.text, tone: TONES[found.color ?? ""] ?? "accent" };
  }
  return null;
}
