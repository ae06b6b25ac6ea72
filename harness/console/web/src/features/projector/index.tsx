// For the wall: clock, incident, impact, alerts, last update. Nothing here is secret, nothing leads on.

import type { Alert } from "@/api/types";
import { useDrill } from "@/api/useLive";
import { useNewest } from "@/api/useNewest";
import { clock as clockTime, money, percent, plain, stopwatch } from "@/lib/format";
import { useSince } from "@/api/useNow";
import { severityName } from "@/lib/words";

const ALERTS_MAX = 3;
const isCritical = (alert: Alert) => alert.severity === "critical";

export default function Projector() {
  const { status, at, over } = useDrill();
  const since = useSince(at);
  const incident = useNewest("incident.declared");
  const update = useNewest("update.posted");
  const { clock, speed } = status.exercise;
  const passed = clock.is_running && !clock.is_paused ? since * speed : 0;
  const left = clock.remaining_s === null ? null : Math.max(0, clock.remaining_s - passed);
  // Nobody scrolls a wall: the worst, as many as fit.
  const worst = status.alerts.toSorted(
    (one, other) => Number(isCritical(other)) - Number(isCritical(one)),
  );
  const shown = worst.slice(0, worst.length > ALERTS_MAX ? ALERTS_MAX - 1 : ALERTS_MAX);
  const hidden = worst.length - shown.length;
  const figures: readonly (readonly [string, string])[] = [
    ["customer success rate", percent(status.impact?.success_ratio, 0)],
    ["users affected since the baseline", plain(status.impact?.users_affected, 0)],
    ["revenue lost since the baseline", money(status.impact?.revenue_lost, 0)],
  ];
  return (
    <div className="projector">
      <div className="title">
        {over ? "The drill is over" : clock.phase_title}
        {clock.is_paused ? " (paused)" : ""}
      </div>
      <div className="big" role="timer">
        {left === null ? stopwatch(status.elapsed_s + since) : stopwatch(left)}
      </div>
      <div className="stats">
        {figures.map(([label, value]) => (
          <div className="stat" key={label}>
            <div className="value">{value}</div>
            <div className="label">{label}</div>
          </div>
        ))}
      </div>
      {incident && (
        <p className="incident-line">
          <strong>{severityName(incident.data.severity)}</strong> {incident.data.summary}
        </p>
      )}
      <ul className="alerts">
        {shown.length ? (
          shown.map((one) => (
            <li key={one.fingerprint} className={isCritical(one) ? "late" : ""}>
              {isCritical(one) ? "✕" : "!"} {one.summary}
            </li>
          ))
        ) : (
          <li>✓ no alerts</li>
        )}
        {hidden > 0 && <li className="muted">and {hidden} more</li>}
      </ul>
      {update && (
        <p className="update-line">
          {clockTime(update.at)} <strong>{update.data.status}</strong>: {update.data.current_state}
        </p>
      )}
      <p className="wall-acts">
        <button
          type="button"
          className="button quiet"
          onClick={() => void document.documentElement.requestFullscreen?.().catch(() => {})}
        >
          Full screen
        </button>
        <a className="button quiet" href="#/now">
          Back to the console
        </a>
      </p>
    </div>
  );
}
