// The workshop deck: pages to look through, to present one by one, and to print.

import type { RefObject } from "react";
import { useEffect, useRef } from "react";
import { Button } from "@/components/Button";
import { Loading } from "@/components/Loading";
import { href, useParams } from "@/lib/address";
import { SPEAKER_NOTES } from "./notes";
import { Presenter } from "./Presenter";
import { useSlides } from "./slides";
import { useSlideNumber } from "./together";
import { list } from "./words";

const FORTH = new Set(["ArrowRight", "PageDown", " "]);
const BACK = new Set(["ArrowLeft", "PageUp"]);

/** Arrows go forth and back while something is presented, Escape ends it; returns what begins it. */
function usePresenting(
  box: RefObject<HTMLElement | null>,
  count: number,
  at: number,
  move: (to: number) => void,
): () => void {
  useEffect(() => {
    const changed = () => {
      if (!document.fullscreenElement) move(-1);
    };
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, [move]);
  useEffect(() => {
    if (at < 0) return undefined;
    const pressed = (event: KeyboardEvent) => {
      const step = FORTH.has(event.key) ? 1 : BACK.has(event.key) ? -1 : 0;
      if (event.key === "Escape") move(-1);
      if (!step) return;
      event.preventDefault();
      move(Math.min(count - 1, Math.max(0, at + step)));
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [at, count, move]);
  return () => {
    move(0);
    // Where the browser allows no full screen, the window is enough.
    box.current?.requestFullscreen?.().catch(() => {});
  };
}

/** A window for whoever presents: it goes with this one from slide to slide. */
const openNotes = () => window.open(href("deck", { notes: "1" }), "deck-notes", "popup");

export default function Deck() {
  const params = useParams();
  const box = useRef<HTMLDivElement>(null);
  const slides = useSlides();
  const [at, move] = useSlideNumber();
  const isNotes = params.notes === "1";
  const present = usePresenting(box, slides.length, isNotes ? -1 : at, move);
  if (!slides.length) return <Loading />;
  if (isNotes) return <Presenter ids={slides.map((one) => one.id)} at={at} move={move} />;
  return (
    <div className="v-page">
      <div className="v-bar deck-bar">
        <p className="muted">
          {slides.length} slides with charts from this drill. Use the arrow keys to move.
        </p>
        <span className="v-push" />
        <Button onClick={() => print()}>Print</Button>
        <Button onClick={openNotes}>Speaker notes</Button>
        <Button kind="primary" onClick={present}>
          Present
        </Button>
      </div>
      <div ref={box} className={`deck ${at < 0 ? "" : "presenting"}`}>
        {slides.map(({ id, body }, index) => (
          <div key={id} className="slide-place" data-shown={at < 0 || at === index}>
            <article className="slide" aria-label={`Slide ${index + 1}`}>
              {body}
              <footer className="muted">
                {index + 1} / {slides.length}
              </footer>
            </article>
            <aside className="speaker" aria-label={`Notes for slide ${index + 1}`}>
              {list(SPEAKER_NOTES[id])}
            </aside>
          </div>
        ))}
      </div>
    </div>
  );
}
