// Score: every line of the rubric with its points and the events that decided it.

import { useMemo } from "react";
import { useLive } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { Calibration } from "@/charts/Calibration";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { Review } from "./Forecasts";
import { Pattern } from "./Pattern";
import { Section } from "./Section";

const EVERY_MS = 10_000;

export default function Score() {
  const { data, error } = usePoll("/v1/score", EVERY_MS);
  const { records } = useLive();
  const bySeq = useMemo(
    () => new Map(records.map((event) => [Number(event.id), event])),
    [records],
  );
  if (error && !data) return <ErrorNote error={error} />;
  if (!data) return <Loading />;
  return (
    <div className="v-page">
      <div className="v-sums">
        <p className="v-figure">
          {data.total}
          <small> of {data.total_max}</small>
        </p>
        <p className="v-figure">
          +{data.bonus}
          <small> of {data.bonus_max} bonus</small>
        </p>
        {data.hint_points > 0 && (
          <p className="v-figure v-warn">
            −{data.hint_points}
            <small> for hints</small>
          </p>
        )}
        <p className="v-figure muted">
          {data.open_points}
          <small> not decided yet</small>
        </p>
        <p className="v-figure muted">
          {data.brier === null ? "–" : data.brier.toFixed(3)}
          <small> Brier score: 0 is perfect, 0.25 a coin toss</small>
        </p>
      </div>
      {data.sections.map((section) => (
        <Section key={section.id} section={section} bySeq={bySeq} />
      ))}
      <div className="v-columns">
        <Pattern classification={data.classification} bySeq={bySeq} />
        <section className="card">
          <h2>Calibration</h2>
          <Calibration bins={data.reliability} />
        </section>
      </div>
      <Review table={data.table} cadence={data.cadence} etas={data.etas} cause={data.cause_time} />
    </div>
  );
}
