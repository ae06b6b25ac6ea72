// One trace as a waterfall: indentation for who called whom, a colour for each service, runs of
// the same call folded into one row, and the log lines of each span beneath it.

import { Fragment, useMemo, useState } from "react";
import type { JaegerTrace, LogLine } from "@/api/telemetry";
import { laneOf } from "@/charts/colors";
import { seconds } from "@/lib/format";
import type { SpanRow } from "@/lib/spans";
import { readTrace, rows } from "@/lib/spans";
import type { OnLog } from "./spanParts";
import { Detail, Lines, Row } from "./spanParts";

const ROWS_FIRST = 400;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

function toggled(set: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}

export function Waterfall({
  data,
  logs,
  onLog,
}: {
  data: JaegerTrace;
  logs: readonly LogLine[];
  onLog: OnLog;
}) {
  const trace = useMemo(() => readTrace(data), [data]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<string | null>(null);
  const [withLogs, setWithLogs] = useState(true);
  const [most, setMost] = useState(ROWS_FIRST);
  const shown = useMemo(() => rows(trace, open, closed), [trace, open, closed]);
  const linesOf = useMemo(() => bySpan(logs), [logs]);
  const visible = new Set(shown.filter((row) => row.count === 1).map((row) => row.span.id));
  const elsewhere = logs.filter((line) => !visible.has(line.span_id ?? ""));
  const fold = (row: SpanRow) =>
    row.count > 1 ? setOpen(toggled(open, row.key)) : setClosed(toggled(closed, row.key));
  return (
    <div className="v-waterfall">
      <div className="v-bar">
        <span className="v-lanes">
          {trace.services.map((name) => (
            <span key={name} className="v-lane">
              <i style={{ background: laneOf(name) }} />
              {name}
            </span>
          ))}
        </span>
        <label className="v-field">
          <input
            type="checkbox"
            checked={withLogs}
            onChange={(event) => setWithLogs(event.currentTarget.checked)}
          />{" "}
          log lines ({logs.length})
        </label>
      </div>
      <div className="v-ticks" aria-hidden="true">
        <span />
        <span />
        <div>
          {TICKS.map((at) => (
            <b key={at} style={{ left: `${at * 100}%` }}>
              {seconds((at * trace.durationMs) / 1000)}
            </b>
          ))}
        </div>
      </div>
      <section aria-label="Spans">
        {shown.slice(0, most).map((row) => (
          <Fragment key={row.key}>
            <Row
              row={row}
              trace={trace}
              isChosen={chosen === row.key}
              onFold={() => fold(row)}
              onChoose={() => setChosen(chosen === row.key ? null : row.key)}
            />
            {chosen === row.key && <Detail row={row} trace={trace} />}
            {withLogs && row.count === 1 && (
              <Lines lines={linesOf.get(row.span.id) ?? []} depth={row.depth + 1} onLog={onLog} />
            )}
          </Fragment>
        ))}
      </section>
      {shown.length > most && (
        <button type="button" className="v-link" onClick={() => setMost(most * 4)}>
          {shown.length - most} more rows
        </button>
      )}
      {withLogs && elsewhere.length > 0 && (
        <>
          <h4>Log lines of collapsed or missing spans</h4>
          <Lines lines={elsewhere} depth={0} onLog={onLog} />
        </>
      )}
    </div>
  );
}

function bySpan(logs: readonly LogLine[]): Map<string, LogLine[]> {
  const found = new Map<string, LogLine[]>();
  for (const line of logs) {
    const span = line.span_id ?? "";
    const lines = found.get(span);
    if (lines) lines.push(line);
    else found.set(span, [line]);
  }
  return found;
}
