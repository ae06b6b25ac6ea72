// A panel of a dashboard: what it is called, what can be done with it, and its figures.

import { useRef } from "react";
import type { DrawnPanel } from "@/api/dashboards";
import { ErrorNote } from "@/components/ErrorNote";
import { attachEvidence } from "@/components/basket";
import { href } from "@/lib/address";
import { evidence, uses } from "@/lib/promql";
import type { BodyProps } from "./bodies";
import { Figure, Lines, Rows } from "./bodies";
import type { PanelTime } from "./usePanel";
import { usePanel, useSeen } from "./usePanel";

type PanelProps = Omit<BodyProps, "answers" | "height">;

const ROW_PX = 30;
const BODIES = { timeseries: Lines, stat: Figure, table: Rows };

export function Panel({ panel, time, marks, onZoom, onService, sync }: PanelProps) {
  const box = useRef<HTMLElement>(null);
  const isSeen = useSeen(box);
  const { answers, error } = usePanel(panel, time, isSeen);
  const { w, h } = panel.gridPos;
  const Body = BODIES[panel.type];
  const query = answers?.[0]?.query;
  const attach = () => query && attachEvidence(evidence(query, time.begin, time.end), panel.title);
  return (
    <section ref={box} className={`v-panel v-w${w}`} style={{ minHeight: `${h * ROW_PX}px` }}>
      <header className="v-panel-head">
        <h3 title={panel.description}>{panel.title}</h3>
        <span className="v-panel-acts">
          {query && (
            <a
              className="button quiet"
              href={href("query", { expr: query, begin: time.begin, end: time.end })}
              title="This query in the editor"
            >
              query
            </a>
          )}
          <a
            className="button quiet"
            href={tracesOf(panel, time)}
            title="Traces in this time range"
          >
            traces
          </a>
          <button
            type="button"
            className="button quiet"
            disabled={!answers}
            onClick={attach}
            title="Attach this query and time range as evidence"
          >
            attach
          </button>
        </span>
      </header>
      {error && <ErrorNote error={error} />}
      {answers ? (
        <Body
          panel={panel}
          answers={answers}
          time={time}
          marks={marks}
          onZoom={onZoom}
          onService={onService}
          sync={sync}
          height={h * ROW_PX - 40}
        />
      ) : (
        !error && <p className="muted">…</p>
      )}
    </section>
  );
}

function tracesOf(panel: DrawnPanel, { begin, end, service }: PanelTime): string {
  const isOfService = panel.targets.some((target) => uses(target.expr, "service"));
  return href("traces", {
    begin: Math.floor(begin),
    end: Math.ceil(end),
    service: isOfService ? service : "",
  });
}
