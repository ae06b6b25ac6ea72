// Says something at the edge of the screen for a moment. What draws it is fetched with the first.

import { lazy, Suspense, useSyncExternalStore } from "react";

const Toasts = lazy(() => import("./Toasts"));
const toastListeners = new Set<() => void>();
let isUsed = false;

export async function toast(text: string, kind = "good") {
  if (!isUsed) {
    isUsed = true;
    for (const listener of toastListeners) listener();
  }
  const { say } = await import("./Toasts");
  say(text, kind);
}

function subscribe(listener: () => void) {
  toastListeners.add(listener);
  return () => {
    toastListeners.delete(listener);
  };
}

export function Toast() {
  const isNeeded = useSyncExternalStore(subscribe, () => isUsed);
  if (!isNeeded) return null;
  return (
    <Suspense>
      <Toasts />
    </Suspense>
  );
}
