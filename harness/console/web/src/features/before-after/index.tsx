// Before and after: what was measured when all was well, at the page, and since the fix.

import { useMemo } from "react";
import type { DrillRecord, RecordOf } from "@/api/records";
import { useDrill } from "@/api/useLive";
import { WhileLive } from "@/api/WhileLive";
import { useServices } from "@/api/useServices";
import { Calls } from "@/charts/Calls";
import { Measured } from "@/charts/Measured";
import { SERIES, useSpan } from "@/charts/measures";
import { Button } from "@/components/Button";
import { Ending } from "@/components/Ending";
import { Empty } from "@/components/Empty";
import { Progress, useRun } from "@/components/run";
import { clock } from "@/lib/format";
import { fixes, marks as marksOf, windows } from "@/lib/moments";
import { bounded, measured, measureName } from "@/lib/objectives";

export default function BeforeAfter() {
  const { records: events, status } = useDrill();
  const services = useServices();
  const span = useSpan(events);
  const marks = useMemo(() => marksOf(events), [events]);
  const times = useMemo(() => windows(events, span.end), [events, span.end]);
  const verifications = events.filter((event) => event.type === "verify.finished");
  return (
    <div className="v-page">
      <Acts records={events} isPaged={times.broken !== null} />
      <Objectives verifications={verifications} />
      {status.phase === "verified" && status.exercise.agenda === "solo" && (
        <WhileLive>
          <Ending />
        </WhileLive>
      )}
      <Calls services={services} span={span} times={times} />
      <div className="v-columns">
        {SERIES.map((one) => (
          <Measured key={one.title} one={one} span={span} marks={marks} times={times} />
        ))}
      </div>
    </div>
  );
}

/** What counts as the fix, in words: an empty column is no mystery then. */
function Acts({ records, isPaged }: { records: readonly DrillRecord[]; isPaged: boolean }) {
  const acts = fixes(records);
  const last = acts.at(-1);
  if (!isPaged) return <p className="v-note">No page yet; healthy baseline.</p>;
  if (!last)
    return (
      <p className="v-note">
        The team has changed nothing since the page, so there is no fix yet. What colleagues release
        is not counted.
      </p>
    );
  return (
    <p className="v-note">
      Counted as the fix: {last.label}, at {clock(last.atS * 1000)}
      {acts.length > 1 && `, the last of ${acts.length} acts by the team`}.
    </p>
  );
}

function Verify() {
  const { run, isBusy, start } = useRun();
  return (
    <div>
      <Button
        kind="primary"
        busy={isBusy}
        onClick={() => start("/v1/verifications", {}, "Verification")}
      >
        {isBusy ? "Verifying under stress …" : "Verify"}
      </Button>
      <Progress run={run} />
    </div>
  );
}

function Objectives({ verifications }: { verifications: readonly RecordOf<"verify.finished">[] }) {
  const newest = verifications.at(-1);
  if (!newest)
    return (
      <section className="card" aria-labelledby="objectives">
        <h2 id="objectives">Objectives</h2>
        <Empty>Not verified yet. A verification loads the shop and measures every objective.</Empty>
        <Verify />
      </section>
    );
  return (
    <section className="card" aria-labelledby="objectives">
      <h2 id="objectives">
        Objectives at {clock(Date.parse(newest.time))}:{" "}
        {newest.data.passed ? (
          <span className="v-good">✓ all met</span>
        ) : (
          <span className="v-bad">✕ not met</span>
        )}
      </h2>
      <div className="scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th>measure</th>
              <th className="num">healthy</th>
              <th className="num">at the page</th>
              {verifications.slice(-4).map((one) => (
                <th key={one.id} className="num">
                  {clock(Date.parse(one.time))}
                </th>
              ))}
              <th className="num">objective</th>
            </tr>
          </thead>
          <tbody>
            {newest.data.results.map((row) => (
              <tr key={row.measure}>
                <th scope="row">{measureName(row.measure)}</th>
                <td className="num">{measured(row.measure, row.healthy)}</td>
                <td className="num">{measured(row.measure, row.at_page)}</td>
                {verifications.slice(-4).map((one) => {
                  const found = one.data.results.find((each) => each.measure === row.measure);
                  const said = !found
                    ? "–"
                    : found.holds
                      ? `✓ ${measured(row.measure, found.value)}`
                      : found.value === null
                        ? "no data"
                        : `✕ ${measured(row.measure, found.value)}`;
                  return (
                    <td
                      key={one.id}
                      className={`num ${found ? (found.holds ? "v-good" : found.value === null ? "v-warn" : "v-bad") : ""}`}
                    >
                      {said}
                    </td>
                  );
                })}
                <td className="num">{bounded(row.measure, row.bound)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Verify />
    </section>
  );
}
