// The workshop deck: pages to look through, to present one by one, and to print.

import type { RefObject } from "react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Loading } from "@/components/Loading";
import { useSlides } from "./slides";

const FORTH = new Set(["ArrowRight", "PageDown", " "]);
const BACK = new Set(["ArrowLeft", "PageUp"]);

/** The slide that is presented, and -1 while none is; arrows go forth and back. */
function usePresenting(
  box: RefObject<HTMLElement | null>,
  count: number,
): readonly [number, () => void] {
  const [at, setAt] = useState(-1);
  const isPresented = at >= 0;
  useEffect(() => {
    const changed = () => {
      if (!document.fullscreenElement) setAt(-1);
    };
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, []);
  useEffect(() => {
    if (!isPresented) return undefined;
    const pressed = (event: KeyboardEvent) => {
      const step = FORTH.has(event.key) ? 1 : BACK.has(event.key) ? -1 : 0;
      if (event.key === "Escape") setAt(-1);
      if (!step) return;
      event.preventDefault();
      setAt((now) => Math.min(count - 1, Math.max(0, now + step)));
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [isPresented, count]);
  const begin = () => {
    setAt(0);
    // Where the browser allows no full screen, the window is enough.
    box.current?.requestFullscreen?.().catch(() => {});
  };
  return [at, begin];
}

export default function Deck() {
  const box = useRef<HTMLDivElement>(null);
  const slides = useSlides();
  const [at, present] = usePresenting(box, slides.length);
  if (!slides.length) return <Loading />;
  return (
    <div className="v-page">
      <div className="v-bar deck-bar">
        <p className="muted">
          Nine slides with charts from this drill. Use the arrow keys to move.
        </p>
        <span className="v-push" />
        <Button onClick={() => print()}>Print</Button>
        <Button kind="primary" onClick={present}>
          Present
        </Button>
      </div>
      <div ref={box} className={`deck ${at < 0 ? "" : "presenting"}`}>
        {slides.map(({ id, body }, index) => (
          <article
            key={id}
            className="slide"
            aria-label={`Slide ${index + 1}`}
            data-shown={at < 0 || at === index}
          >
            {body}
            <footer className="muted">
              {index + 1} / {slides.length}
            </footer>
          </article>
        ))}
      </div>
    </div>
  );
}
