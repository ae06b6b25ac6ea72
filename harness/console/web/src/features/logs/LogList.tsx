// A list of log lines of which only those on the screen are drawn: ten thousand scroll like ten.

import type { KeyboardEvent, ReactNode, UIEvent } from "react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { LogLine } from "@/api/telemetry";
import { laneOf } from "@/charts/colors";
import { clockMs } from "@/lib/format";
import { isAtEnd, visible } from "@/lib/windowing";

interface LogListProps {
  lines: LogLine[];
  chosen: number | undefined;
  onChoose: (line: LogLine) => void;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
}

const ROW_PX = 22;
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
const LEVELS: Record<string, string> = { WARNING: "WARN", CRITICAL: "CRIT" };

export function LogList({ lines, chosen, onChoose, isFollowing, onFollow }: LogListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ top: 0, height: 600 });
  const before = useRef<LogLine[]>([]);
  useEffect(() => {
    const list = box.current; // React forgets it a moment before it cleans up
    if (!list) return undefined;
    const watcher = new ResizeObserver(() =>
      setScroll((was) => ({ ...was, height: list.clientHeight })),
    );
    watcher.observe(list);
    return () => watcher.disconnect();
  }, []);
  useLayoutEffect(() => {
    const list = box.current;
    if (!list) return;
    const [first, firstBefore] = [lines[0], before.current[0]];
    if (isFollowing) {
      list.scrollTop = list.scrollHeight;
    } else if (first) {
      // Lines left above, or came there: what is being read stays where it is.
      const gone = before.current.findIndex((line) => line.seq === first.seq);
      const came = firstBefore ? lines.findIndex((line) => line.seq === firstBefore.seq) : 0;
      if (gone > 0) list.scrollTop = Math.max(0, list.scrollTop - gone * ROW_PX);
      else if (came > 0) list.scrollTop += came * ROW_PX;
    }
    before.current = lines;
  }, [lines, isFollowing]);
  const moved = (event: UIEvent) => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
    setScroll({ top: scrollTop, height: clientHeight });
    const atEnd = isAtEnd(scrollTop, clientHeight, scrollHeight);
    if (atEnd !== isFollowing) onFollow(atEnd);
  };
  const step = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    if (!by) return;
    event.preventDefault();
    const at = lines.findIndex((line) => line.seq === chosen) + by;
    const wanted = lines[at];
    if (wanted && box.current) {
      onChoose(wanted);
      box.current.scrollTop = Math.max(0, at * ROW_PX - scroll.height / 2);
    }
  };
  const { from, to, above, below } = visible(lines.length, ROW_PX, scroll.top, scroll.height);
  return (
    <div
      ref={box}
      className="v-loglist"
      role="log"
      aria-live="off"
      tabIndex={0}
      aria-label={`${lines.length} log lines`}
      onScroll={moved}
      onKeyDown={step}
    >
      <div style={{ height: `${above}px` }} />
      {lines.slice(from, to).map((line) => (
        <div
          key={line.seq}
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
