import { clock, seconds } from "@/lib/format";
import { span } from "@/lib/promql";
import type { Zoom } from "./props";
import type { ShownTime } from "./useTime";

const RANGES = [120, 300, 900, 1800, 3600, 10800];

export function Picker({
  time,
  onPick,
  onZoom,
}: {
  time: ShownTime;
  onPick: (last: string | number) => void;
  onZoom: Zoom;
}) {
  const length = time.end - time.begin;
  return (
    <div className="v-picker" role="group" aria-label="Time range">
      {time.isFixed && (
        <>
          <span className="mono">
            {clock(time.begin * 1000)} – {clock(time.end * 1000)}
          </span>
          <button
            type="button"
            className="button"
            onClick={() =>
              onZoom(Math.floor(time.begin - length / 2), Math.ceil(time.end + length / 2))
            }
          >
            Zoom out
          </button>
          <button type="button" className="button" onClick={() => onPick(span("now-5m"))}>
            Go live
          </button>
        </>
      )}
      <select
        aria-label="Last"
        value={time.isFixed ? "" : String(time.length)}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        {time.isFixed && <option value="">custom</option>}
        {[...new Set([...RANGES, time.length ?? 300])]
          .toSorted((a, b) => a - b)
          .map((each) => (
            <option key={each} value={String(each)}>
              last {seconds(each).replace(" 0 s", "").replace(" 0 min", "")}
            </option>
          ))}
      </select>
    </div>
  );
}
