// The slides of the workshop: what is told, and the drill's own charts beside it.

import type { ReactNode } from "react";
import { useMemo } from "react";
import type { History } from "@/api/scoring";
import type { Plan } from "@/api/types";
import { useLive } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { useServices } from "@/api/useServices";
import { useSpan } from "@/charts/measures";
import { ErrorNote } from "@/components/ErrorNote";
import { record } from "@/lib/deck";
import { milliseconds, percent, plain } from "@/lib/format";
import { marks as marksOf, windows } from "@/lib/moments";
import { Circle, Drift, Storm, ThisDrill } from "./charts";
import type { SlideId } from "./notes";
import { Agenda, Goals, list, Notes, Phases, Reflection } from "./words";

interface Slide {
  id: SlideId;
  body: ReactNode;
}

const BOARD: readonly (readonly [string, string])[] = [
  ["drift", "Floating-point drift"],
  ["deadlock", "Circular calls"],
  ["n-plus-one", "N+1 queries"],
  ["timeouts", "Timeouts"],
];

function Metrics({ agenda, past }: { agenda: Plan; past: History | null }) {
  return (
    <>
      <h2>Success metrics</h2>
      <div className="halves">
        {list(agenda.objectives)}
        <table>
          <thead>
            <tr>
              <th>scenario</th>
              <th className="num">drills</th>
              <th className="num">healed</th>
              <th className="num">fastest</th>
            </tr>
          </thead>
          <tbody>
            {BOARD.map(([word, title]) => {
              const found = record(past?.drills || [], word);
              return (
                <tr key={word}>
                  <th scope="row">{title}</th>
                  <td className="num">{plain(found.drills)}</td>
                  <td className="num">
                    {found.drills ? percent(found.mitigated / found.drills, 0) : "–"}
                  </td>
                  <td className="num">{milliseconds(found.fastestMs)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** The slides in order, each `{id, body}`. */
export function useSlides(): Slide[] {
  const { data: agenda, error } = usePoll("/v1/instructor/deck");
  const { data: past } = usePoll("/v1/history");
  const { records } = useLive();
  const services = useServices();
  const span = useSpan(records);
  const marks = useMemo(() => marksOf(records), [records]);
  const times = useMemo(() => windows(records, span.end), [records, span.end]);
  if (error) return [{ id: "goals", body: <ErrorNote error={error} /> }];
  if (!agenda) return [];
  const charts = { span, marks, times };
  const bodies: Record<SlideId, ReactNode> = {
    goals: <Goals />,
    agenda: <Agenda agenda={agenda} />,
    phases: <Phases agenda={agenda} />,
    drill: <ThisDrill charts={charts} />,
    drift: <Drift charts={charts} />,
    circle: <Circle charts={charts} services={services} />,
    storm: <Storm charts={charts} />,
    tea: <Reflection agenda={agenda} />,
    metrics: <Metrics agenda={agenda} past={past} />,
    notes: <Notes />,
  };
  return (Object.keys(bodies) as SlideId[]).map((id) => ({ id, body: bodies[id] }));
}
