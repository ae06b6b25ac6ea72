import { X } from "lucide-react";
import type { CSSProperties } from "react";
import { useState } from "react";
import type { LogLine } from "@/api/telemetry";
import { laneOf } from "@/charts/colors";
import { clockMs, seconds } from "@/lib/format";
import type { SpanRow, Trace } from "@/lib/spans";
import { chain } from "@/lib/spans";

export type OnLog = (line: LogLine) => void;

const INDENT_PX = 14;
const DEPTH_MAX = 24;
const LINES_FIRST = 6;

/** How far in a row stands, and how many lines lead down to it: the style sheet reads `--depth`. */
function indentOf(depth: number): CSSProperties {
  return { paddingLeft: `${depth * INDENT_PX}px`, "--depth": depth } as CSSProperties;
}

export function Row({
  row,
  trace,
  isChosen,
  onFold,
  onChoose,
}: {
  row: SpanRow;
  trace: Trace;
  isChosen: boolean;
  onFold: () => void;
  onChoose: () => void;
}) {
  const { span } = row;
  const whole = trace.durationMs || 1;
  const left = (100 * (row.startMs - trace.startMs)) / whole;
  const width = Math.max(0.4, (100 * (row.endMs - row.startMs)) / whole);
  const color = laneOf(span.service);
  const depth = Math.min(row.depth, DEPTH_MAX);
  return (
    <div className={`v-span ${isChosen ? "v-chosen" : ""} ${row.failed ? "v-failed" : ""}`}>
      <div className="v-span-name" style={indentOf(depth)}>
        {row.hasMore ? (
          <button
            type="button"
            className="v-twist"
            aria-expanded={row.isOpen}
            aria-label={`Calls made by ${span.service}`}
            onClick={onFold}
          >
            {row.isOpen ? "▾" : "▸"}
          </button>
        ) : (
          <span className="v-twist" />
        )}
        <i className="v-lane-bar" style={{ background: color }} />
        <button type="button" className="v-span-label" onClick={onChoose} title={span.operation}>
          <b>{span.service}</b> {span.operation}
        </button>
        {row.count > 1 && <strong className="v-times">× {row.count}</strong>}
        {row.failed && (
          <span className="v-bad v-times" title="failed">
            <X className="icon" aria-hidden="true" />
          </span>
        )}
      </div>
      <span className="num">{seconds(row.totalMs / 1000)}</span>
      <div className="v-track">
        <i
          className={row.count > 1 ? "v-many" : ""}
          style={{ left: `${left}%`, width: `${Math.min(width, 100 - left)}%`, background: color }}
        />
      </div>
    </div>
  );
}

export function Detail({ row, trace }: { row: SpanRow; trace: Trace }) {
  const { span } = row;
  const tags = Object.entries(span.tags).filter(([name]) => !["error", "span.kind"].includes(name));
  return (
    <div className="v-detail">
      <p className="mono">{chain(trace, span.id).join(" › ")}</p>
      <p className="muted">
        {span.kind} · began {clockMs(span.startMs)} ·{" "}
        {seconds((span.startMs - trace.startMs) / 1000)} into the trace
        {row.count > 1
          ? ` · ${row.count} of the same, each ${seconds(row.totalMs / row.count / 1000)} on average`
          : ""}
      </p>
      <dl className="v-tags">
        {tags.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{String(value)}</dd>
          </div>
        ))}
      </dl>
      {span.events.map((event, index) => (
        <div key={index} className="v-event">
          <span className="mono">+{seconds((event.atMs - span.startMs) / 1000)}</span>
          <pre>
            {Object.entries(event.fields)
              .map(([name, value]) => `${name}: ${value}`)
              .join("\n")}
          </pre>
        </div>
      ))}
    </div>
  );
}

export function Lines({
  lines,
  depth,
  onLog,
}: {
  lines: readonly LogLine[];
  depth: number;
  onLog: OnLog;
}) {
  const [isAll, setAll] = useState(false);
  const more = lines.length - LINES_FIRST;
  if (!lines.length) return null;
  return (
    <div>
      {(isAll ? lines : lines.slice(0, LINES_FIRST)).map((line) => (
        <Line key={line.seq} line={line} depth={depth} onLog={onLog} />
      ))}
      {more > 0 && !isAll && (
        <button type="button" className="v-link v-more-logs" onClick={() => setAll(true)}>
          {more} more log lines of this span
        </button>
      )}
    </div>
  );
}

function Line({ line, depth, onLog }: { line: LogLine; depth: number; onLog: OnLog }) {
  return (
    <button
      type="button"
      className={`v-inline-log v-level-${line.level}`}
      style={{ paddingLeft: `${Math.min(depth, DEPTH_MAX) * INDENT_PX + 18}px` }}
      onClick={() => onLog(line)}
    >
      <span className="mono">{clockMs(Date.parse(line.timestamp))}</span> <b>{line.level}</b>{" "}
      {line.event}
    </button>
  );
}
