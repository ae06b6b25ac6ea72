// For the wall: clock, alerts, impact. Nothing here is secret, and nothing can be clicked.

import { html, useEffect, useLive, useState } from "../lib.js";
import { percent, plain, stopwatch } from "../logic/format.js";

export default function Projector() {
  const { status, at, over } = useLive();
  const [, setTurn] = useState(0);
  useEffect(() => { const timer = setInterval(() => setTurn((turn) => turn + 1), 500); return () => clearInterval(timer); }, []);
  const { clock, speed } = status.exercise;
  const since = at ? (Date.now() - at) / 1000 : 0;
  const passed = clock.is_running && !clock.is_paused ? since * speed : 0;
  const left = clock.remaining_s === null ? null : Math.max(0, clock.remaining_s - passed);
  const figures = [
    ["of customers succeed", percent(status.impact?.success_ratio, 0)],
    ["users affected", plain(status.impact?.users_affected, 0)],
    ["revenue lost", plain(status.impact?.revenue_lost, 0)],
  ];
  return html`<div class="projector">
    <div class="title">${over ? "The drill is over" : clock.phase_title}${clock.is_paused ? " (paused)" : ""}</div>
    <div class="big" role="timer">${left === null ? stopwatch(status.elapsed_s + since) : stopwatch(left)}</div>
    <div class="stats">${figures.map(([label, value]) => html`<div class="stat" key=${label}><div class="value">${value}</div><div class="label">${label}</div></div>`)}</div>
    <ul class="alerts">${status.alerts.length
      ? status.alerts.map((one) => html`<li key=${one.fingerprint} class=${one.severity === "critical" ? "late" : ""}>${one.severity === "critical" ? "✕" : "!"} ${one.summary}</li>`)
      : html`<li>✓ no alert</li>`}</ul>
  </div>`;
}
