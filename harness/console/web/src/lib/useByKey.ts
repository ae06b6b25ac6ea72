import { useState } from "react";

/** What `make` made when the key was last another: the same object for as long as the key stays. */
export function useByKey<T>(key: string | number, make: () => T): T {
  const [held, setHeld] = useState(() => ({ key, value: make() }));
  if (held.key === key) return held.value;
  const next = { key, value: make() };
  setHeld(next);
  return next.value;
}
