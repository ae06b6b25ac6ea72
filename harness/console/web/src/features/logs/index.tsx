// Logs: followed live or searched, one line with all its fields.

import { ArrowDown, ArrowUp, Pause, Play, WrapText, X } from "lucide-react";
import { useMemo, useState } from "react";
import type { ParamsOf } from "@/api/routes";
import type { LogLine } from "@/api/telemetry";
import { useServices } from "@/api/useServices";
import { Range } from "@/charts/TimePicker";
import type { ShownTime } from "@/charts/useTime";
import { fixed, useTime } from "@/charts/useTime";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import type { Address, AddressParams } from "@/lib/address";
import { go, useParams } from "@/lib/address";
import { plain } from "@/lib/format";
import { inTime } from "@/lib/lines";
import { useTyped } from "@/lib/useTyped";
import { Detail } from "./Detail";
import { Histogram } from "./Histogram";
import { LogList } from "./LogList";
import { LINES_MAX, useLines } from "./useLines";

const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

function searchOf(
  { service, level, contains, trace }: Address,
  time: ShownTime,
): ParamsOf<"/v1/logs"> {
  return {
    ...(time.isFixed && { begin: time.begin, end: time.end }),
    ...(service && { service }),
    ...(level && { level }),
    ...(contains && { contains }),
    ...(trace && { trace_id: trace }),
  };
}

export default function Logs() {
  const params = useParams();
  const services = useServices();
  const [isLive, setLive] = useState(true);
  const [isFollowing, setFollowing] = useState(!params.seq);
  const [chosen, setChosen] = useState<LogLine | null>(null);
  /** The line of the address that was shown: closed, it does not come back by itself. */
  const [shown, setShown] = useState("");
  const time = useTime(params);
  const isMoving = isLive && !time.isFixed;
  const { lines, error, older } = useLines(searchOf(params, time), isMoving);
  const isWrapped = params.wrap === "1";
  const isNewestFirst = params.order === "newest";
  const shownLines = useMemo(() => inTime(lines ?? [], isNewestFirst), [lines, isNewestFirst]);
  const set = (changes: AddressParams) => go("logs", { ...params, ...changes });
  const wanted = params.seq && lines?.find((line) => line.seq === Number(params.seq));
  if (wanted && !chosen && shown !== params.seq) {
    setShown(params.seq ?? "");
    setChosen(wanted);
  }
  const choose = (line: LogLine) => {
    setChosen(line);
    setFollowing(false);
  };
  return (
    <div className="v-page v-logs">
      <div className="v-bar">
        <label className="v-field">
          service{" "}
          <select
            value={params.service ?? ""}
            onChange={(event) => set({ service: event.currentTarget.value })}
          >
            <option value="">all</option>
            {services.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="v-field">
          level{" "}
          <select
            value={params.level ?? ""}
            onChange={(event) => set({ level: event.currentTarget.value })}
          >
            <option value="">all</option>
            {LEVELS.map((name) => (
              <option key={name} value={name}>
                {name} and above
              </option>
            ))}
          </select>
        </label>
        <Contains value={params.contains ?? ""} onPick={(contains) => set({ contains })} />
        {params.trace && (
          <span className="v-chip">
            trace {params.trace.slice(0, 8)}…{" "}
            <button
              type="button"
              className="button quiet"
              aria-label="All traces"
              onClick={() => set({ trace: "", seq: "" })}
            >
              <X className="icon" aria-hidden="true" />
            </button>
          </span>
        )}
        <span className="v-push" />
        <span className="muted" role="status">
          {lines ? `${plain(lines.length)} lines` : "…"}
          {(lines?.length ?? 0) >= LINES_MAX ? ", older lines dropped" : ""}
        </span>
        {older && (
          <button type="button" className="button" onClick={older}>
            <ArrowUp className="icon" aria-hidden="true" /> Older lines
          </button>
        )}
        {!isFollowing && isMoving && !isNewestFirst && (
          <button type="button" className="button" onClick={() => setFollowing(true)}>
            <ArrowDown className="icon" aria-hidden="true" /> Jump to newest
          </button>
        )}
        <button
          type="button"
          className="button"
          aria-pressed={isWrapped}
          onClick={() => set({ wrap: isWrapped ? "" : "1" })}
        >
          <WrapText className="icon" aria-hidden="true" /> Wrap
        </button>
        <label className="v-field">
          order{" "}
          <select
            value={isNewestFirst ? "newest" : ""}
            onChange={(event) => set({ order: event.currentTarget.value })}
          >
            <option value="">oldest first</option>
            <option value="newest">newest first</option>
          </select>
        </label>
        <button
          type="button"
          className="button"
          aria-pressed={!isLive}
          disabled={time.isFixed}
          onClick={() => setLive(!isLive)}
        >
          {isLive ? (
            <Pause className="icon" aria-hidden="true" />
          ) : (
            <Play className="icon" aria-hidden="true" />
          )}{" "}
          {isLive ? "Pause" : "Resume"}
        </button>
      </div>
      <div className="v-bar v-log-time">
        <Histogram
          lines={shownLines}
          range={time.isFixed ? [time.begin, time.end] : null}
          onZoom={(begin, end) => set(fixed(begin, end))}
        />
        <Range time={time} set={set} />
      </div>
      {error && <ErrorNote error={error} />}
      {lines?.length === 0 && (
        <Empty>
          No lines match.{" "}
          {params.contains ? "The text may be anywhere in the line, in upper or lower case." : ""}
        </Empty>
      )}
      <div className={chosen ? "v-logs-body v-with-detail" : "v-logs-body"}>
        <LogList
          lines={shownLines}
          chosen={chosen?.seq}
          onChoose={choose}
          isWrapped={isWrapped}
          isFollowing={isFollowing && isMoving && !isNewestFirst}
          onFollow={setFollowing}
        />
        {chosen && <Detail line={chosen} onClose={() => setChosen(null)} onFilter={set} />}
      </div>
    </div>
  );
}

function Contains({ value, onPick }: { value: string; onPick: (contains: string) => void }) {
  const [typed, setTyped] = useTyped(value, onPick);
  return (
    <label className="v-field v-grow">
      text{" "}
      <input
        type="search"
        data-search
        value={typed}
        spellCheck={false}
        placeholder="Anywhere in the line"
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </label>
  );
}
