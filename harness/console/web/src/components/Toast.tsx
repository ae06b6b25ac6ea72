import { useEffect, useState } from "react";

const SHOWN_MS = 4000;
const SHOWN = 3;

interface Said {
  text: string;
  kind: string;
  key: number;
}

const toastListeners = new Set<(one: Said) => void>();

/** Says something at the edge of the screen for a moment. */
export function toast(text: string, kind = "good") {
  for (const listener of toastListeners) listener({ text, kind, key: Math.random() });
}

export function Toast() {
  const [said, setSaid] = useState<Said[]>([]);
  useEffect(() => {
    const listener = (one: Said) => {
      setSaid((before) => [...before, one].slice(-SHOWN));
      setTimeout(() => setSaid((before) => before.filter((other) => other !== one)), SHOWN_MS);
    };
    toastListeners.add(listener);
    return () => {
      toastListeners.delete(listener);
    };
  }, []);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {said.map((one) => (
        <p key={one.key} className={`toast ${one.kind}`}>
          {one.text}
        </p>
      ))}
    </div>
  );
}
