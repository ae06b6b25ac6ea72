// The slide that is shown, the same in every window of this browser: one presents, one has the notes.

import { useCallback, useEffect, useRef, useState } from "react";

interface Said {
  at?: number;
  /** A window that has just opened wants to know. */
  isAsking?: boolean;
}

/** `[at, move]`: -1 while nothing is presented. */
export function useSlideNumber(): readonly [number, (to: number) => void] {
  const [at, setAt] = useState(-1);
  const now = useRef(at);
  const channel = useRef<BroadcastChannel | null>(null);
  const say = useCallback((said: Said) => channel.current?.postMessage(said), []);
  useEffect(() => {
    const open = new BroadcastChannel(`deck ${location.pathname}`);
    channel.current = open;
    open.addEventListener("message", ({ data }: MessageEvent<Said>) => {
      if (data.isAsking && now.current >= 0) say({ at: now.current });
      if (data.at === undefined) return;
      now.current = data.at;
      setAt(data.at);
    });
    say({ isAsking: true });
    return () => {
      channel.current = null;
      open.close();
    };
  }, [say]);
  const move = useCallback(
    (to: number) => {
      now.current = to;
      setAt(to);
      say({ at: to });
    },
    [say],
  );
  return [at, move];
}
