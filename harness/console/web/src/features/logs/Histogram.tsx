// How many lines there were when, by severity. A click or a drag over bars chooses their time.

import type { KeyboardEvent } from "react";
import { useState } from "react";
import type { LogLine } from "@/api/telemetry";
import type { Zoom } from "@/charts/props";
import { clock, plain } from "@/lib/format";
import type { Bar } from "@/lib/histogram";
import { histogram, SEVERITIES } from "@/lib/histogram";

const ROOM = 100;

export function Histogram({
  lines,
  range,
  onZoom,
}: {
  lines: readonly LogLine[];
  range: readonly [number, number] | null;
  onZoom: Zoom;
}) {
  const bars = histogram(lines, range);
  const [from, setFrom] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  if (bars.length === 0) return null;
  const most = Math.max(...bars.map((one) => one.total), 1);
  const chosen = bars[Math.min(at, bars.length - 1)];
  const choose = (one: number, other: number) => {
    const [begin, end] = [bars[Math.min(one, other)], bars[Math.max(one, other)]];
    setFrom(null);
    if (begin && end) onZoom(begin.beginS, end.endS);
  };
  const pressed = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
    if (event.key === "Enter") choose(at, at);
    else if (by) setAt((now) => Math.min(bars.length - 1, Math.max(0, now + by)));
    else return;
    event.preventDefault();
  };
  const isIn = (index: number) =>
    from !== null && index >= Math.min(from, at) && index <= Math.max(from, at);
  return (
    <div
      className="v-histogram"
      role="slider"
      tabIndex={0}
      aria-label="Lines over time"
      aria-description="Arrow keys go from bar to bar, Enter shows the time of one"
      aria-valuemin={0}
      aria-valuemax={bars.length - 1}
      aria-valuenow={Math.min(at, bars.length - 1)}
      aria-valuetext={chosen && inWords(chosen)}
      title={chosen && inWords(chosen)}
      onKeyDown={pressed}
      onPointerLeave={() => setFrom(null)}
    >
      {bars.map((bar, index) => (
        <span
          key={bar.beginS}
          className={isIn(index) ? "v-in" : ""}
          aria-current={index === at ? "true" : undefined}
          onPointerDown={(event) => {
            event.preventDefault();
            setFrom(index);
            setAt(index);
          }}
          onPointerEnter={() => setAt(index)}
          onPointerUp={() => choose(from ?? index, index)}
        >
          {SEVERITIES.map((one) => (
            <i
              key={one}
              className={`v-of-${one}`}
              style={{ height: `${(ROOM * bar.counts[one]) / most}%` }}
            />
          ))}
        </span>
      ))}
    </div>
  );
}

function inWords({ beginS, endS, counts, total }: Bar): string {
  const of = [`${plain(total)} lines`, `${plain(counts.error)} errors`];
  return `${clock(beginS * 1000)} – ${clock(endS * 1000)}: ${of.join(", ")}, ${plain(
    counts.warning,
  )} warnings`;
}
