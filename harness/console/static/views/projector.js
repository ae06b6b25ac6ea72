// For the wall: clock, alerts, impact. Nothing here is secret, and nothing can be clicked.

import { html, useEffect, useLive, useState } from "../lib.js";
import { money, percent, plain, stopwatch } from "../logic/format.js";

const ALERTS_MAX = 5;

export default function Projector() {
  const { status, at, over } = useLive();
  const [, setTurn] = useState(0);
  useEffect(() => { const timer = setInterval(() => setTurn((turn) => turn + 1), 500); return () => clearInterval(timer); }, []);
  const { clock, speed } = status.exercise;
  const since = at ? (Date.now() - at) / 1000 : 0;
  const passed = clock.is_running && !clock.is_paused ? since * speed : 0;
  const left = clock.remaining_s === null ? null : Math.max(0, clock.remaining_s - passed);
  // Nobody scrolls a wall: the worst, as many as fit.
  const worst = [...status.alerts].sort((one, other) => (other.severity === "critical") - (one.severity === "critical"));
  const shown = worst.slice(0, worst.length > ALERTS_MAX ? ALERTS_MAX - 1 : ALERTS_MAX);
  const hidden = worst.length - shown.length;
  const figures = [
    ["customer success rate", percent(status.impact?.success_ratio, 0)],
    ["users affected", plain(status.impact?.users_affected, 0)],
    ["revenue lost", money(status.impact?.revenue_lost, 0)],
  ];
  return html`<div class="projector">
    <div class="title">${over ? "The drill is over" : clock.phase_title}${clock.is_paused ? " (paused)" : ""}</div>
    <div class="big" role="timer">${left === null ? stopwatch(status.elapsed_s + since) : stopwatch(left)}</div>
    <div class="stats">${figures.map(([label, value]) => html`<div class="stat" key=${label}><div class="value">${value}</div><div class="label">${label}</div></div>`)}</div>
    <ul class="alerts">${shown.length
      ? shown.map((one) => html`<li key=${one.fingerprint} class=${one.severity === "critical" ? "late" : ""}>${one.severity === "critical" ? "✕" : "!"} ${one.summary}</li>`)
      : html`<li>✓ no alerts</li>`}${hidden > 0 && html`<li class="muted">and ${hidden} more</li>`}</ul>
  </div>`;
}
