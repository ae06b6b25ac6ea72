// Figures and times as people read them.

const pad = (number) => String(Math.floor(number)).padStart(2, "0");

export const fmt = {
  /** Seconds as a clock: 4:07, 1:02:03; negative ones with a minus. */
  clock(seconds) {
    if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
    const whole = Math.floor(Math.abs(seconds));
    const text = whole >= 3600
      ? `${Math.floor(whole / 3600)}:${pad((whole % 3600) / 60)}:${pad(whole % 60)}`
      : `${Math.floor(whole / 60)}:${pad(whole % 60)}`;
    return seconds < 0 && whole > 0 ? `−${text}` : text;
  },
  /** Milliseconds with a fitting unit. */
  ms(value) {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    if (value < 10) return `${value.toFixed(1)} ms`;
    return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(value < 10000 ? 2 : 1)} s`;
  },
  percent(ratio, digits = 1) {
    return ratio === null || ratio === undefined ? "–" : `${(ratio * 100).toFixed(digits)} %`;
  },
  rate(value) {
    if (value === null || value === undefined) return "–";
    return `${value >= 10 ? Math.round(value) : value.toFixed(1)}/s`;
  },
  number(value, digits = 0) {
    if (value === null || value === undefined) return "–";
    return Number(value).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  },
  /** A moment (ISO text, Date or milliseconds) as the time of day. */
  time(moment) {
    if (!moment) return "–";
    return new Date(moment).toLocaleTimeString("en-GB", { hour12: false });
  },
  /** Milliseconds of drill time as T+m:ss. */
  drillTime(milliseconds) {
    return `T+${fmt.clock(milliseconds / 1000)}`;
  },
};
