// Under the header: where the exercise is, what is next for this person, and what to read about it.

import { BookOpen } from "lucide-react";
import { useMemo } from "react";
import type { LiveState } from "@/api/live";
import { session } from "@/api/session";
import type { Status } from "@/api/types";
import { nextSteps, standingOf } from "@/lib/nextSteps";
import { PhaseBar } from "./PhaseBar";

/** What of the guide is opened first: the runbook of an alert, or all of it. */
export type GuideAt = { alert: string | null };

export function rolesOf(status: Status, person: string): string[] {
  const { roles } = status.exercise;
  return Object.keys(roles).filter((role) => person && roles[role]?.includes(person));
}

/** The alerts that fire, each once, those that somebody was paged for first. */
function firing(status: Status): string[] {
  const paged = new Set(status.pages.map((page) => page.alert));
  const names = [...new Set(status.alerts.map((alert) => alert.name))];
  return names.toSorted((one, other) => Number(paged.has(other)) - Number(paged.has(one)));
}

export function Strip({
  status,
  at,
  records,
  isOver,
  openGuide,
}: {
  status: Status;
  at: number;
  records: LiveState["records"];
  isOver: boolean;
  openGuide: (at: GuideAt) => void;
}) {
  // One text: a list would be another at each look.
  const roles = rolesOf(status, session.person).join(" ");
  const steps = useMemo(
    () => nextSteps(standingOf(status, records), roles.split(" ")),
    [status, records, roles],
  );
  const [goal, ...more] = status.exercise.clock.objectives;
  const [alert, ...others] = firing(status);
  return (
    <section className="strip" aria-label="Where the exercise is">
      <PhaseBar status={status} at={at} isOver={isOver} />
      {goal && (
        <p className="goal" title={[goal, ...more].join("\n")}>
          <span className="muted">Goal</span> {goal}
          {more.length > 0 && <span className="muted"> and {more.length} more</span>}
        </p>
      )}
      <div className="next">
        <span className="muted" id="next-steps">
          Next
        </span>
        <ol aria-labelledby="next-steps">
          {steps.map((one) => {
            const outside = !one.href.startsWith("#");
            return (
              <li key={one.id}>
                <a
                  href={one.href}
                  title={one.text}
                  {...(outside && { target: "_blank", rel: "noreferrer" })}
                >
                  {one.text}
                </a>
              </li>
            );
          })}
        </ol>
      </div>
      <div className="read">
        {alert && (
          <button
            className="button quiet"
            title={`Runbook: ${alert}`}
            aria-label={`Runbook: ${alert}`}
            onClick={() => openGuide({ alert })}
          >
            <BookOpen className="icon" aria-hidden="true" />{" "}
            <span>
              Runbook
              <span className="wide">
                : {alert}
                {others.length > 0 && ` +${others.length}`}
              </span>
            </span>
          </button>
        )}
        <button className="button quiet" onClick={() => openGuide({ alert: null })}>
          Guide
        </button>
      </div>
    </section>
  );
}
