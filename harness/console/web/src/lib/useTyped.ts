import { useEffect, useEffectEvent, useState } from "react";

const WAIT_MS = 400;

/**
 * What is typed into a box that stands for a value elsewhere: told a moment after the last key, so that
 * typing 250 is one search, and written over when the value changes by another way.
 */
export function useTyped(
  value: string,
  onPick: (typed: string) => void,
): readonly [string, (typed: string) => void] {
  const [typed, setTyped] = useState(value);
  const [of, setOf] = useState(value);
  if (of !== value) {
    setOf(value);
    setTyped(value);
  }
  const pick = useEffectEvent(onPick);
  useEffect(() => {
    if (typed === value) return undefined;
    const timer = setTimeout(() => pick(typed), WAIT_MS);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return [typed, setTyped];
}
