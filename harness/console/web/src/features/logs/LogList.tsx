// A list of log lines of which only those on the screen are drawn: ten thousand scroll like ten.

import { useVirtualizer } from "@tanstack/react-virtual";
import type { KeyboardEvent, ReactNode, UIEvent } from "react";
import { useCallback, useLayoutEffect, useRef } from "react";
import type { LogLine } from "@/api/telemetry";
import { laneOf } from "@/charts/colors";
import { clockMs } from "@/lib/format";

interface LogListProps {
  lines: LogLine[];
  chosen: number | undefined;
  onChoose: (line: LogLine) => void;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
  isWrapped: boolean;
}

const ROW_PX = 22;
/** Whoever is so close to the end is at it, and wants to be kept there. */
const END_PX = 24;
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
const LEVELS: Record<string, string> = { WARNING: "WARN", CRITICAL: "CRIT" };

export function LogList({
  lines,
  chosen,
  onChoose,
  isFollowing,
  onFollow,
  isWrapped,
}: LogListProps) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    getItemKey: useCallback((index: number) => lines[index]?.seq ?? index, [lines]),
    overscan: 8,
    // Lines leave above, or come there: what is being read stays where it is.
    anchorTo: "end",
    followOnAppend: isFollowing,
    scrollEndThreshold: END_PX,
  });
  // A wrapped line is as high as it is: each is measured once it is drawn.
  useLayoutEffect(() => virtual.measure(), [isWrapped, virtual]);
  useLayoutEffect(() => {
    if (isFollowing) virtual.scrollToEnd();
  }, [isFollowing, virtual]);
  const moved = (event: UIEvent) => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
    const atEnd = scrollHeight - (scrollTop + clientHeight) <= END_PX;
    if (atEnd !== isFollowing) onFollow(atEnd);
  };
  const step = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    if (!by) return;
    event.preventDefault();
    const at = lines.findIndex((line) => line.seq === chosen) + by;
    const wanted = lines[at];
    if (!wanted) return;
    onChoose(wanted);
    virtual.scrollToIndex(at, { align: "center" });
  };
  const rows = virtual.getVirtualItems();
  const above = rows[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (rows.at(-1)?.end ?? 0);
  return (
    <div
      ref={box}
      className={isWrapped ? "v-loglist v-wrapped" : "v-loglist"}
      role="log"
      aria-live="off"
      tabIndex={0}
      aria-label={`${lines.length} log lines`}
      onScroll={moved}
      onKeyDown={step}
    >
      <div style={{ height: `${above}px` }} />
      {lines.slice(rows[0]?.index ?? 0, (rows.at(-1)?.index ?? -1) + 1).map((line, row) => (
        <div
          key={line.seq}
          ref={isWrapped ? virtual.measureElement : undefined}
          data-index={(rows[0]?.index ?? 0) + row}
          aria-current={line.seq === chosen ? "true" : undefined}
          className={`v-line v-level-${line.level}`}
          onClick={() => onChoose(line)}
        >
          <span className="muted">{clockMs(Date.parse(line.timestamp))}</span>
          <b>{LEVELS[line.level] ?? line.level}</b>
          <span className="v-line-service">
            <i style={{ background: laneOf(line.service) }} />
            {line.service}
          </span>
          <span className="v-line-text">
            {line.event}
            {rest(line)}
          </span>
        </div>
      ))}
      <div style={{ height: `${below}px` }} />
    </div>
  );
}

const APART = new Set([
  "seq",
  "timestamp",
  "service",
  "version",
  "level",
  "event",
  "trace_id",
  "span_id",
  "traceback",
  "logger",
]);

function rest(line: LogLine): ReactNode {
  const found = Object.entries(line).filter(
    ([name, value]) => !APART.has(name) && value !== null && value !== "",
  );
  return found.length ? (
    <>
      {" "}
      <span className="muted">
        {found
          .map(
            ([name, value]) =>
              `${name}=${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
          )
          .join(" ")}
      </span>
    </>
  ) : null;
}
