// The one live connection of this tab: the record as it grows, and the status as it changes.
//
// After a break it asks on from the last number it has seen, so nothing is lost and nothing comes
// twice.

import { api, lines, Refused } from "./session.js";

const RETRY_MS = [500, 1000, 2000, 5000];
const KEPT = 20000;

export const live = {
  state: { connection: "connecting", records: [], status: null, over: null, problem: null },
  listeners: new Set(),
  eventListeners: new Set(),
  last: 0,
};

function tell(change) {
  live.state = { ...live.state, ...change };
  for (const listener of live.listeners) listener(live.state);
}

/** One server-sent event out of its lines. */
export function parsed(block) {
  const event = { kind: "message", data: "", id: null };
  for (const line of block) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event.kind = value;
    else if (field === "data") event.data += event.data ? `\n${value}` : value;
    else if (field === "id") event.id = Number(value);
  }
  return event.data ? event : null;
}

let pending = [];
let flushing = 0;

function flush() {
  flushing = 0;
  const news = pending;
  pending = [];
  tell({ records: [...live.state.records, ...news].slice(-KEPT) });
}

function receive(event) {
  const data = JSON.parse(event.data);
  if (event.kind === "record") {
    if (event.id <= live.last) return;
    live.last = event.id;
    pending.push(data);
    // Many at once, after a break, are drawn once.
    flushing = flushing || setTimeout(flush, 30);
    for (const listener of live.eventListeners) listener(data);
  } else if (event.kind === "status") {
    tell({ status: data, at: Date.now() });
  } else if (event.kind === "over") {
    tell({ over: data });
  }
}

async function follow() {
  const body = await api.stream(live.last);
  tell({ connection: "live", problem: null });
  let block = [];
  for await (const line of lines(body)) {
    if (line) {
      block.push(line);
      continue;
    }
    const event = parsed(block);
    block = [];
    if (event) receive(event);
  }
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
      tell({ problem: error });
    }
    if (live.state.over) break;
    if (live.last !== seen) failures = 0;
    tell({ connection: "reconnecting" });
    await new Promise((done) => setTimeout(done, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]));
  }
  tell({ connection: "over" });
}
