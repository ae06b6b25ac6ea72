import type { Plan } from "@/api/types";
import { timetable } from "@/lib/deck";

export const list = (lines: readonly string[]) => (
  <ul>
    {lines.map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
);

export function Goals() {
  return (
    <>
      <h2>3 A.M. Drill: AI-era system owner</h2>
      <p className="lead">
        Diagnose, remediate and harden systems under realistic failures: people investigate first,
        AI helps with the fix.
      </p>
      {list([
        "Find the root cause under pressure",
        "Use AI responsibly: only for a verified cause",
        "Improve observability and specs with what you learned",
        "Build the habit of investigating in a crisis",
      ])}
    </>
  );
}

export function Agenda({ agenda }: { agenda: Plan }) {
  return (
    <>
      <h2>Agenda: {agenda.title}</h2>
      <table className="timetable">
        <thead>
          <tr>
            <th>time</th>
            <th>phase</th>
            <th>AI</th>
          </tr>
        </thead>
        <tbody>
          {timetable(agenda.phases).map((one) => (
            <tr key={one.title}>
              <td className="mono">{one.time}</td>
              <th scope="row">{one.title}</th>
              <td>
                {one.ai === "open"
                  ? "open"
                  : one.ai === "closed"
                    ? "closed"
                    : "for a verified cause"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

export function Phases({ agenda }: { agenda: Plan }) {
  return (
    <>
      <h2>Phases</h2>
      <div className="flow">
        {timetable(agenda.phases).map((one) => (
          <section key={one.title}>
            <span className="mono">{one.time}</span>
            <i style={{ width: `${Math.max(one.share, 1)}%` }} />
            <div>
              <strong>{one.title}</strong>
              {one.objectives.length > 0 && (
                <>
                  {" "}
                  <span className="muted">{one.objectives.join(" · ")}</span>
                </>
              )}
            </div>
          </section>
        ))}
      </div>
    </>
  );
}

export function Reflection({ agenda }: { agenda: Plan }) {
  const asked = agenda.phases.flatMap((one) => one.questions);
  const questions = asked.length
    ? asked
    : [
        "What early signals did you observe?",
        "Which tracing approach helped most?",
        "Which assumption delayed finding the cause?",
      ];
  return (
    <>
      <h2>Tea break</h2>
      <p className="lead">Talk to the table next to yours.</p>
      {list([...new Set(questions)])}
    </>
  );
}

export function Notes() {
  return (
    <>
      <h2>For the instructor</h2>
      {list([
        "Rotate scenarios: nobody should know the answer from last time",
        "Trace by hand first; use AI for the fix",
        "Require a postmortem with specs, guardrails and owners",
        "Tea breaks are checkpoints for reflection",
        "AI is a tool; people own production",
      ])}
    </>
  );
}
