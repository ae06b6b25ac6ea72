// The one live connection of this tab: the record as it grows, and the status as it changes.
//
// After a break it asks on from the last number it has seen, so nothing is lost and nothing comes
// twice.

import type { EventSourceMessage } from "eventsource-parser";
import { createParser } from "eventsource-parser";
import { api } from "./client";
import type { Problem } from "./problems";
import { problemOf, Refused } from "./problems";
import type { DrillRecord } from "./records";
import { texts } from "./streams";
import type { Over, Status } from "./types";

const RETRY_MS = [500, 1000, 2000];
const RETRY_MAX_MS = 5000;
const KEPT = 20000;

interface Connected {
  /** The drill's events so far. */
  records: readonly DrillRecord[];
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
  tell({ records: [...live.state.records, ...news].slice(-KEPT) });
}

function receive({ event, id, data }: EventSourceMessage) {
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
    tell({ status: JSON.parse(data) as Status, at: Date.now() });
  } else if (event === "over") {
    tell({ over: JSON.parse(data) as Over });
  }
}

async function follow() {
  const body = await api.stream(live.last);
  tell({ connection: "live", problem: null });
  // Not EventSource: that takes no headers, and the token would stand in the address.
  const parser = createParser({ onEvent: receive });
  for await (const text of texts(body)) parser.feed(text);
}

export async function connect() {
  for (let failures = 0; !live.state.over; failures += 1) {
    const seen = live.last;
    try {
      await follow();
    } catch (error) {
      if (error instanceof Refused && [401, 403].includes(error.status)) {
        tell({ connection: "refused", problem: error });
        return;
      }
      tell({ problem: problemOf(error) });
    }
    if (live.state.over) break;
    if (live.last !== seen) failures = 0;
    tell({ connection: "reconnecting" });
    await new Promise((done) => setTimeout(done, RETRY_MS[failures] ?? RETRY_MAX_MS));
  }
  tell({ connection: "over" });
}
