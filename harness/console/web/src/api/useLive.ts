// The live state in a component.

import { useSyncExternalStore } from "react";
import type { LiveState } from "./live";
import { live } from "./live";
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
