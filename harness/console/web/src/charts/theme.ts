import { useEffect, useState } from "react";

/** Counts up whenever light turns to dark or back: what is drawn on a canvas has to be drawn anew. */
export function useTheme(): number {
  const [round, setRound] = useState(0);
  useEffect(() => {
    const changed = () => setRound((before) => before + 1);
    const media = matchMedia("(prefers-color-scheme: dark)");
    const watcher = new MutationObserver(changed);
    watcher.observe(document.documentElement, { attributes: true });
    media.addEventListener("change", changed);
    return () => {
      watcher.disconnect();
      media.removeEventListener("change", changed);
    };
  }, []);
  return round;
}

/** The value of one of our colours just now. */
export function ink(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
