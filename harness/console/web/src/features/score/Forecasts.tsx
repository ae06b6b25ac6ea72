import type { Cadence, CalibrationRow, CauseTime, EtaOutcome } from "@/api/scoring";
import { Empty } from "@/components/Empty";
import { duration, milliseconds } from "@/lib/format";
import { counted } from "@/lib/words";

export function Review({
  table,
  cadence,
  etas,
  cause,
}: {
  table: readonly CalibrationRow[];
  cadence: Cadence;
  etas: readonly EtaOutcome[];
  cause: CauseTime;
}) {
  return (
    <section className="card">
      <h2>Forecasts and outcomes</h2>
      {table.length ? (
        <div className="scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>decision</th>
                <th>confidence</th>
                <th>outcome</th>
                <th>calibrated</th>
              </tr>
            </thead>
            <tbody>
              {table.map((row, index) => (
                <tr key={index}>
                  <td>{row.decision}</td>
                  <td>{row.confidence}</td>
                  <td>{row.outcome}</td>
                  <td>{row.calibrated}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <Empty>No forecasts recorded.</Empty>
      )}
      {etas.length > 0 && (
        <ul className="v-lines">
          {etas.map((eta) => (
            <li key={eta.seq}>
              {eta.label}: {eta.outcome}. {eta.verdict}
            </li>
          ))}
        </ul>
      )}
      <p>
        {counted(cadence.updates, "update", "updates")}; first {duration(cadence.first)} from the
        page{verdict(cadence.first_in_time)}, longest gap {duration(cadence.longest_gap)}
        {verdict(cadence.gaps_in_time)}.
      </p>
      {cause.target_ms !== null && (
        <p>
          TTI (identify), from the page: {duration(cause.took)}; the agenda allows{" "}
          {milliseconds(cause.target_ms)} of its time{verdict(cause.met)}.
        </p>
      )}
    </section>
  );
}

export function verdict(inTime: boolean | null): string {
  return inTime === null ? "" : inTime ? " (in time)" : " (late)";
}
