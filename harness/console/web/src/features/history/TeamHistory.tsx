// How a team does from drill to drill: averages, trends, calibration, and the drills themselves.

import type { Duration, History as HistoryAnswer, PastDrill } from "@/api/scoring";
import { Calibration } from "@/charts/Calibration";
import { Trend } from "@/charts/Trend";
import { Empty } from "@/components/Empty";
import type { Figure } from "@/lib/format";
import { milliseconds, money, percent, plain } from "@/lib/format";
import { Drills } from "./Drills";

const time = (ms: Figure): string => milliseconds(ms && Math.round(ms / 100) * 100);
const wall = (took: Duration | null): number | null => took && took.wall_ms;

type Format = (value: Figure) => string;

const BOARD: readonly (readonly [keyof HistoryAnswer["averages"], string, Format])[] = [
  ["drills", "drills counted", plain],
  ["mttd_ms", "TTD (detect), from the fault", time],
  ["mtta_ms", "TTA (acknowledge), from the page", time],
  ["mtti_ms", "TTI (identify), from the page", time],
  ["mttm_ms", "TTM (mitigate), from the page", time],
  ["mttr_ms", "TTR (recover), from the page", time],
  ["mean_first_update_ms", "first update, from the page", time],
  ["mean_users_affected", "users affected, from the fault", (value) => plain(value, 0)],
  ["mean_revenue_lost", "revenue lost, from the fault", money],
  ["recurrence_rate", "recurrence rate", percent],
  ["mean_brier", "Brier score", (value) => plain(value, 3)],
];

/** What it is called, what of a drill it is, how it reads, and whether less is better. */
type TrendOf = readonly [string, (one: PastDrill) => Figure, Format, boolean];

const TRENDS: readonly TrendOf[] = [
  ["TTM (mitigate), from the page", (one) => wall(one.kpis.times.ttm), time, true],
  ["TTI (identify), from the page", (one) => wall(one.kpis.times.tti), time, true],
  ["TTA (acknowledge), from the page", (one) => wall(one.kpis.times.tta), time, true],
  [
    "Users affected, from the fault",
    (one) => (one.kpis.harm_since === "the fault" ? one.kpis.users_affected : null),
    plain,
    true,
  ],
  [
    "Points, in % of those that applied",
    (one) => (one.points_max ? (100 * one.points) / one.points_max : null),
    plain,
    false,
  ],
  ["Brier score", (one) => one.brier, (value) => plain(value, 3), true],
];

export function TeamHistory({ data, again }: { data: HistoryAnswer; again: () => void }) {
  const counted = data.drills.filter((one) => one.counts && one.drill_id !== data.running);
  return (
    <div className="v-page">
      <section className="card">
        <header className="v-bar">
          <h2>Averages</h2>
          <span className="v-push" />
          <button type="button" className="button" onClick={again}>
            Refresh
          </button>
        </header>
        <dl className="v-board">
          {BOARD.map(([key, words, format]) => (
            <div key={key}>
              <dt>{words}</dt>
              <dd>{format(data.averages[key])}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section className="card">
        <h2>Trends</h2>
        {counted.length ? (
          <div className="v-trends">
            {TRENDS.map(([words, of, format, isGoodLow]) => (
              <Trend
                key={words}
                title={words}
                format={format}
                isGoodLow={isGoodLow}
                points={counted.map((one) => ({
                  label: `${one.drill_id} ${one.scenario}`,
                  value: of(one),
                }))}
              />
            ))}
          </div>
        ) : (
          <Empty>Trends need two finished drills.</Empty>
        )}
      </section>
      <div className="v-columns">
        <section className="card">
          <h2>Calibration over all drills</h2>
          <Calibration bins={data.reliability} />
        </section>
        <section className="card">
          <h2>Drills</h2>
          <Drills data={data} />
        </section>
      </div>
      {data.unreadable.length > 0 && (
        <p className="v-note">
          Left out, because their records cannot be read: {data.unreadable.join("; ")}
        </p>
      )}
    </div>
  );
}
