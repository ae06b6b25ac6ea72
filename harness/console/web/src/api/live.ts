// The one live connection of this tab: the record as it grows, and the status as it changes.
//
// After a break it asks on from the last number it has seen, so nothing is lost and nothing comes
// twice.

import type { EventSourceMessage } from "eventsource-parser";
import { createParser } from "eventsource-parser";
import { api } from "./client";
import type { Problem } from "./problems";
import { problemOf, Refused } from "./problems";
import { seenAt } from "@/lib/playback";
import type { DrillRecord } from "./records";
import { moment } from "./moment";
import { place } from "./place";
import { queries } from "./queries";
import { texts } from "./streams";
import type { Over, Status } from "./types";

const RETRY_MS = [500, 1000, 2000];
const RETRY_MAX_MS = 5000;
const KEPT = 20000;
/** Questions that nobody answers, before it is taken for over for good; a hub stays, and opens the
 * review once the drill has ended. */
const AFTER_THE_END = place ? Infinity : 3;

interface Connected {
  /** The drill's events so far; in its review those up to the moment shown. */
  records: readonly DrillRecord[];
  /** All of them, whatever moment is shown. */
  everything: readonly DrillRecord[];
  status: Status | null;
  /** When the newest status came, in milliseconds. */
  at: number;
  over: Over | null;
  problem: Problem | null;
  connection: "connecting" | "live" | "reconnecting" | "over";
}

interface TurnedAway extends Omit<Connected, "connection" | "problem"> {
  connection: "refused";
  problem: Refused;
}

export type LiveState = Connected | TurnedAway;

const BEGIN: Connected = {
  connection: "connecting",
  records: [],
  everything: [],
  status: null,
  at: 0,
  over: null,
  problem: null,
};

export const live = {
  state: BEGIN as LiveState,
  listeners: new Set<() => void>(),
  eventListeners: new Set<(record: DrillRecord) => void>(),
  last: 0,
};

function tell(change: Partial<Connected> | Pick<TurnedAway, "connection" | "problem">) {
  live.state = { ...live.state, ...change } as LiveState;
  for (const listener of live.listeners) listener();
}

let pending: DrillRecord[] = [];
let flushing: ReturnType<typeof setTimeout> | undefined;

function flush() {
  flushing = undefined;
  const news = pending;
  pending = [];
  const everything = [...live.state.everything, ...news].slice(-KEPT);
  tell({ everything, records: seenAt(everything, moment.shown.atS) });
}

let heard = 0;

function receive({ event, id, data }: EventSourceMessage) {
  heard += 1;
  if (event === "record") {
    const seq = Number(id);
    if (!(seq > live.last)) return;
    live.last = seq;
    const record = JSON.parse(data) as DrillRecord;
    pending.push(record);
    // Many at once, after a break, are drawn once.
    flushing ??= setTimeout(flush, 30);
    for (const listener of live.eventListeners) listener(record);
  } else if (event === "status") {
    takeStatus(JSON.parse(data) as Status);
  } else if (event === "over") {
    tell({ over: JSON.parse(data) as Over });
  }
}

/** Takes the newest status, unless an earlier moment is shown. */
function takeStatus(status: Status) {
  if (moment.shown.atS !== null) return;
  moment.set({ review: status.review, atS: null });
  tell({ status, at: Date.now() });
}

let asked = 0;

/** Shows a moment of a drill that is over, in seconds since 1970; null: its end. */
export function showAt(atS: number | null) {
  moment.set({ ...moment.shown, atS });
  tell({ records: seenAt(live.state.everything, atS) });
  void queries.invalidateQueries();
  asked += 1;
  const mine = asked;
  api.get("/v1/status").then(
    (status) => {
      if (mine === asked) tell({ status, at: Date.now(), problem: null });
    },
    (error: unknown) => tell({ problem: problemOf(error) }),
  );
}

let following = new AbortController();

/** Asks on under the name that this person has now: what is said to one alone comes by name. */
export function followAnew() {
  following.abort();
}

async function follow() {
  following = new AbortController();
  const body = await api.stream(live.last, following.signal);
  tell({ connection: "live", problem: null });
  // Not EventSource: that takes no headers, and the token would stand in the address.
  const parser = createParser({ onEvent: receive });
  for await (const text of texts(body)) parser.feed(text);
}

export async function connect() {
  // Once it is over, its review takes its place where there is one: that is asked for, too.
  for (let failures = 0; !live.state.over || failures < AFTER_THE_END;) {
    const before = heard;
    try {
      await follow();
    } catch (error) {
      if (error instanceof Refused && [401, 403].includes(error.status)) {
        tell({ connection: "refused", problem: error });
        return;
      }
      tell({ problem: problemOf(error) });
    }
    failures = heard === before ? failures + 1 : 0;
    tell({ connection: live.state.over ? "over" : "reconnecting" });
    await new Promise((done) => setTimeout(done, RETRY_MS[failures] ?? RETRY_MAX_MS));
  }
  tell({ connection: "over" });
}
