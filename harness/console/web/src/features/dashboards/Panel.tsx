// A panel of a dashboard: what it is called, what can be done with it, and its figures.

import { Maximize2 } from "lucide-react";
import type { RefObject } from "react";
import { useRef } from "react";
import type { DrawnPanel } from "@/api/dashboards";
import { ErrorNote } from "@/components/ErrorNote";
import { attachEvidence } from "@/components/basket";
import { href } from "@/lib/address";
import { clock } from "@/lib/format";
import { evidence, uses } from "@/lib/promql";
import type { BodyProps } from "./bodies";
import { Figure, Lines, Rows } from "./bodies";
import type { PanelTime } from "./usePanel";
import { usePanel, useSeen } from "./usePanel";

interface PanelProps extends Omit<BodyProps, "answers" | "height"> {
  /** Shows it alone; none where it is. */
  onFull?: () => void;
  /** Of its body; without one it is as high as the dashboard says. */
  heightPx?: number;
}

const ROW_PX = 30;
const HEAD_PX = 40;
const BODIES = { timeseries: Lines, stat: Figure, table: Rows };

export function Panel(props: PanelProps) {
  const box = useRef<HTMLElement>(null);
  return <Shown {...props} box={box} isSeen={useSeen(box)} />;
}

interface ShownProps extends PanelProps {
  box?: RefObject<HTMLElement | null>;
  isSeen: boolean;
}

/** The panel itself, asked for while it `isSeen`. */
export function Shown({ box, isSeen, onFull, heightPx, ...body }: ShownProps) {
  const { panel, time } = body;
  const { answers, answeredS, error } = usePanel(panel, time, isSeen);
  const { w, h } = panel.gridPos;
  const Body = BODIES[panel.type];
  const height = heightPx ?? h * ROW_PX - HEAD_PX;
  return (
    <section
      ref={box}
      data-panel
      className={`v-panel v-w${w}`}
      style={{ minHeight: `${height + HEAD_PX}px` }}
      aria-label={panel.title}
      aria-busy={!answers && !error}
    >
      <header className="v-panel-head">
        <h3 title={panel.description}>{panel.title}</h3>
        <Acts panel={panel} time={time} query={answers?.[0]?.query} onFull={onFull} />
      </header>
      {error && <ErrorNote error={error} />}
      {error && answers && (
        <p className="muted">Not refreshed: what is shown is of {clock(answeredS * 1000)}.</p>
      )}
      {answers ? (
        <Body {...body} answers={answers} height={height} />
      ) : (
        !error && <p className="v-middle v-loading">Loading</p>
      )}
    </section>
  );
}

function Acts({
  panel,
  time,
  query,
  onFull,
}: {
  panel: DrawnPanel;
  time: PanelTime;
  /** Once it is answered. */
  query: string | undefined;
  onFull: (() => void) | undefined;
}) {
  const { begin, end } = time;
  return (
    <span className="v-panel-acts">
      {query && (
        <a
          className="button quiet"
          href={href("query", { expr: query, begin, end })}
          title="This query in the editor"
        >
          query
        </a>
      )}
      <a className="button quiet" href={tracesOf(panel, time)} title="Traces in this time range">
        traces
      </a>
      <button
        type="button"
        className="button quiet"
        disabled={!query}
        onClick={() => query && attachEvidence(evidence(query, begin, end), panel.title)}
        title="Attach this query and time range as evidence"
      >
        attach
      </button>
      {onFull && (
        <button
          type="button"
          className="button quiet"
          data-full
          aria-label="Full screen"
          title="Full screen (f)"
          onClick={onFull}
        >
          <Maximize2 className="icon" aria-hidden="true" />
        </button>
      )}
    </span>
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
