// The live state in a component: the whole of it, or one record after the other.

import { useEffect, useRef, useSyncExternalStore } from "react";
import type { LiveState } from "./live";
import { live } from "./live";
import type { DrillRecord, RecordType } from "./records";
import type { Status } from "./types";

const subscribe = (listener: () => void) => {
  live.listeners.add(listener);
  return () => {
    live.listeners.delete(listener);
  };
};

/** The live state: connection, records (the drill's events so far), status, over. */
export function useLive(): LiveState {
  return useSyncExternalStore(subscribe, () => live.state);
}

/** The same for what is shown only once there is a status: the views, and all that is in them. */
export function useDrill(): LiveState & { status: Status } {
  const state = useLive();
  if (!state.status) throw new Error("a view was drawn before the first status came");
  return state as LiveState & { status: Status };
}

/** Calls `handler` with each new record whose type is one of `types`. */
export function useStream(types: readonly RecordType[], handler: (record: DrillRecord) => void) {
  const latest = useRef(handler);
  latest.current = handler;
  const key = types.join(" ");
  useEffect(() => {
    const wanted = new Set(key.split(" "));
    const listener = (record: DrillRecord) => {
      if (wanted.has(record.type)) latest.current(record);
    };
    live.eventListeners.add(listener);
    return () => {
      live.eventListeners.delete(listener);
    };
  }, [key]);
}
