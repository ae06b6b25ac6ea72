// Which time is shown: the last so many minutes, or from here to there; and how it goes on.

import { CalendarClock, Pause, Play } from "lucide-react";
import type { FormEvent, KeyboardEvent } from "react";
import { useRef, useState } from "react";
import type { AddressParams } from "@/lib/address";
import { clock, seconds } from "@/lib/format";
import { momentOf, rangeError, typedOf } from "@/lib/range";
import type { ShownTime } from "./useTime";
import { fixed, INTERVALS_S, moving } from "./useTime";

const RANGES = [120, 300, 900, 1800, 3600, 10800];
const inWords = (length: number) => seconds(length).replace(" 0 s", "").replace(" 0 min", "");
const inOrder = (numbers: readonly number[]) => [...new Set(numbers)].toSorted((a, b) => a - b);

interface PickerProps {
  time: ShownTime;
  /** Puts it into the view's address: `begin` and `end`, or `last`, and `every`. */
  set: (changes: AddressParams) => void;
}

export function Picker({ time, set }: PickerProps) {
  return (
    <div className="v-picker" role="group" aria-label="Time range">
      <Ends time={time} set={set} />
      <select
        aria-label="Last"
        value={time.isFixed ? "" : String(time.length)}
        onChange={(event) => set(moving(event.currentTarget.value))}
      >
        {time.isFixed && <option value="">custom</option>}
        {inOrder([...RANGES, time.length]).map((each) => (
          <option key={each} value={String(each)}>
            last {inWords(each)}
          </option>
        ))}
      </select>
      {time.canMove && <Movement time={time} set={set} />}
    </div>
  );
}

/** The ends of a range alone, where what moves has a way of its own to be followed. */
export function Range({ time, set }: PickerProps) {
  return (
    <div className="v-picker" role="group" aria-label="Time range">
      <Ends time={time} set={set} />
      {time.isFixed && (
        <button type="button" className="button" onClick={() => set(moving())}>
          All times
        </button>
      )}
    </div>
  );
}

function Ends({ time, set }: PickerProps) {
  const [isOpen, open] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const length = time.end - time.begin;
  const close = () => {
    open(false);
    opener.current?.focus();
  };
  return (
    <>
      {time.isFixed && (
        <button
          type="button"
          className="button"
          onClick={() =>
            set(fixed(Math.floor(time.begin - length / 2), Math.ceil(time.end + length / 2)))
          }
        >
          Zoom out
        </button>
      )}
      <button
        ref={opener}
        type="button"
        className="button"
        aria-expanded={isOpen}
        aria-label="From and to"
        title="Choose from and to"
        onClick={() => open(!isOpen)}
      >
        <CalendarClock className="icon" aria-hidden="true" />
        {time.isFixed && (
          <span className="mono">
            {clock(time.begin * 1000)} – {clock(time.end * 1000)}
          </span>
        )}
      </button>
      {isOpen && <FromTo time={time} set={set} close={close} />}
    </>
  );
}

/** Whether the range moves on, and how often. */
function Movement({ time, set }: PickerProps) {
  return (
    <>
      <select
        aria-label="Refresh every"
        title="How often it is asked anew"
        value={String(time.everyS)}
        disabled={time.isFixed}
        onChange={(event) => set({ every: event.currentTarget.value })}
      >
        {inOrder([...INTERVALS_S, time.everyS]).map((each) => (
          <option key={each} value={String(each)}>
            every {inWords(each)}
          </option>
        ))}
      </select>
      {time.isFixed ? (
        <button type="button" className="button" onClick={() => set(moving())}>
          <Play className="icon" aria-hidden="true" /> Go live
        </button>
      ) : (
        <button
          type="button"
          className="button"
          aria-label="Pause"
          title="Pause: keep this range"
          onClick={() => set(fixed(time.begin, time.end))}
        >
          <Pause className="icon" aria-hidden="true" />
        </button>
      )}
    </>
  );
}

/** Two boxes for the ends of a range, on the reader's own clock. */
function FromTo({ time, set, close }: PickerProps & { close: () => void }) {
  const [from, setFrom] = useState(typedOf(time.begin));
  const [to, setTo] = useState(typedOf(time.end));
  const wrong = rangeError(from, to);
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const [begin, end] = [momentOf(from), momentOf(to)];
    if (wrong || begin === null || end === null) return;
    set(fixed(begin, end));
    close();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
  return (
    <form className="v-from-to" aria-label="From and to" onSubmit={apply} onKeyDown={pressed}>
      <label className="v-field">
        from{" "}
        <input
          type="datetime-local"
          step="1"
          autoFocus
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
      </label>
      <label className="v-field">
        to{" "}
        <input
          type="datetime-local"
          step="1"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </label>
      <button type="submit" className="button primary" disabled={wrong !== ""}>
        Show
      </button>
      <button type="button" className="button" onClick={close}>
        Cancel
      </button>
      {wrong && (
        <p className="v-bad" role="status">
          {wrong}
        </p>
      )}
    </form>
  );
}
