import { useMemo } from "react";
import { useLive } from "@/api/useLive";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { clock } from "@/lib/format";

/** How the beliefs moved: every revision, the newest first. */
export function Revisions() {
  const { records } = useLive();
  const found = useMemo(
    () => records.filter((one) => one.type === "hypotheses.revised").toReversed(),
    [records],
  );
  return (
    <Card title={`Revisions (${found.length})`} className="span12" id="revisions">
      {!found.length && (
        <Empty>No revisions yet. Each saved revision is listed here with its author.</Empty>
      )}
      <ol className="feed">
        {found.map((one) => (
          <li key={one.id}>
            <time>{clock(one.time)}</time>
            <div>
              <strong>{one.data.by}</strong>{" "}
              {one.data.reason && <span className="muted">{one.data.reason}</span>}
              {one.data.hypotheses.map((each) => (
                <div className="share" key={each.id}>
                  <meter
                    min="0"
                    max="100"
                    value={each.probability_percent}
                    aria-label={`${each.id} in percent`}
                  />{" "}
                  <span className="figure">{each.probability_percent} %</span> {each.text}
                </div>
              ))}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
