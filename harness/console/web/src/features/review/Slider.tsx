// The way through a review's time: everything below shows what could be seen at its moment.

import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { showAt } from "@/api/live";
import type { Review } from "@/api/moment";
import { useMoment } from "@/api/moment";
import { useLive } from "@/api/useLive";
import { Button } from "@/components/Button";
import { clock, stopwatch } from "@/lib/format";
import { marks } from "@/lib/moments";
import type { Speed } from "@/lib/playback";
import { playedOn, shareOf, SPEEDS } from "@/lib/playback";

const STEP_MS = 1000;

/** Moves the moment on while `speed` is not null; calls `onEnd` at the drill's end. */
function usePlaying({ begin_s, end_s }: Review, speed: Speed | null, onEnd: () => void) {
  const { atS } = useMoment();
  const ended = useEffectEvent(onEnd);
  useEffect(() => {
    if (speed === null) return undefined;
    const timer = setTimeout(() => {
      const next = playedOn(atS ?? begin_s, STEP_MS, speed, { begin_s, end_s });
      showAt(next);
      if (next === null) ended();
    }, STEP_MS);
    return () => clearTimeout(timer);
  }, [atS, speed, begin_s, end_s]);
}

export function Slider({ review }: { review: Review }) {
  const { atS } = useMoment();
  const { everything } = useLive();
  const [speed, setSpeed] = useState<Speed>(1);
  const [playing, setPlaying] = useState(false);
  usePlaying(review, playing ? speed : null, () => setPlaying(false));
  const shownS = atS ?? review.end_s;
  const ticks = useMemo(() => marks(everything), [everything]);
  const move = (to: number) => showAt(to >= review.end_s ? null : to);
  const play = () => {
    if (!playing && atS === null) showAt(review.begin_s);
    setPlaying(!playing);
  };
  const into = `${stopwatch(shownS - review.begin_s)} of ${stopwatch(review.end_s - review.begin_s)}`;
  return (
    <section className="review-time" aria-label="Review: time">
      <Button onClick={play} kind="quiet" aria-pressed={playing}>
        {playing ? "Pause" : "Play"}
      </Button>
      <div className="speeds" role="group" aria-label="Speed">
        {SPEEDS.map((one) => (
          <Button key={one} kind="quiet" aria-pressed={one === speed} onClick={() => setSpeed(one)}>
            {one}×
          </Button>
        ))}
      </div>
      <div className="track">
        <input
          type="range"
          aria-label="Moment of the drill"
          aria-valuetext={`${clock(shownS * 1000)}, ${into}`}
          min={Math.floor(review.begin_s)}
          max={Math.ceil(review.end_s)}
          step={1}
          value={Math.round(shownS)}
          onChange={(event) => {
            setPlaying(false);
            move(Number(event.target.value));
          }}
        />
        <div className="ticks" aria-hidden="true">
          {ticks.map((tick) => (
            <span
              key={`${tick.atS} ${tick.label}`}
              className={`tick ${tick.kind}`}
              style={{ left: `${shareOf(tick.atS, review) * 100}%` }}
              title={`${clock(tick.atS * 1000)} ${tick.label}`}
            />
          ))}
        </div>
      </div>
      <span className="figure">
        {clock(shownS * 1000)} <span className="muted">{into}</span>
      </span>
      <Button kind="quiet" onClick={() => move(review.end_s)} disabled={atS === null}>
        To the end
      </Button>
    </section>
  );
}
