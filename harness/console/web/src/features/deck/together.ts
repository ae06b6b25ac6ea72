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
  useEffect(() => {
    const open = new BroadcastChannel(`deck ${location.pathname}`);
    channel.current = open;
    open.onmessage = ({ data }: MessageEvent<Said>) => {
      if (data.isAsking && now.current >= 0) open.postMessage({ at: now.current });
      if (data.at === undefined) return;
      now.current = data.at;
      setAt(data.at);
    };
    open.postMessage({ isAsking: true });
    return () => {
      channel.current = null;
      open.close();
    };
  }, []);
  const move = useCallback((to: number) => {
    now.current = to;
    setAt(to);
    channel.current?.postMessage({ at: to });
  }, []);
  return [at, move];
}
