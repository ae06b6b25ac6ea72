import type { History as HistoryAnswer } from "@/api/scoring";
import { dateTime, duration } from "@/lib/format";

export function Drills({ data }: { data: HistoryAnswer }) {
  return (
    <div className="scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th>started</th>
            <th>drill</th>
            <th>scenario</th>
            <th>outcome</th>
            <th className="num">TTM, from the page</th>
            <th className="num">points</th>
          </tr>
        </thead>
        <tbody>
          {data.drills.toReversed().map((one) => (
            <tr
              key={one.drill_id}
              className={one.counts ? "" : "muted"}
              title={one.excluded_because ? `excluded: ${one.excluded_because}` : ""}
            >
              <td>{dateTime(Date.parse(one.began_at))}</td>
              <td className="mono">
                {one.drill_id}
                {one.drill_id === data.running ? " (now)" : ""}
              </td>
              <td>{one.scenario}</td>
              <td>
                {one.outcome}
                {one.excluded_because ? ", excluded" : ""}
              </td>
              <td className="num">{duration(one.kpis.times.ttm)}</td>
              <td className="num">
                {one.points} of {one.points_max}
                {one.bonus ? ` + ${one.bonus}` : ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
