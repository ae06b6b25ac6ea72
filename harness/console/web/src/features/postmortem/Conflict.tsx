import { Suspense, lazy, useEffect, useRef } from "react";
import type { Paper as SavedPaper } from "@/api/types";
import { Loading } from "@/components/Loading";
import { united } from "@/lib/merging";

const SideBySide = lazy(() => import("./SideBySide"));

/** Two texts that grew apart: both on the page, until a person has put them together. */
export function Conflict({
  mine,
  began,
  saved,
  onWrite,
  onTake,
}: {
  mine: string;
  /** What both began with. */
  began: string | undefined;
  saved: SavedPaper;
  /** What is mine reads otherwise, and is still apart from theirs. */
  onWrite: (text: string) => void;
  /** It has theirs in it, as far as somebody wants that. */
  onTake: (text: string) => void;
}) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    box.current?.focus();
  }, []);
  return (
    <section ref={box} tabIndex={-1} className="card v-conflict" role="alert">
      <h2>▲ {saved.by || "Somebody"} saved a different version while you were writing</h2>
      <p>Nothing is lost: theirs is on the left, yours on the right. Merge them, then save.</p>
      <p className="v-acts">
        <button
          type="button"
          className="button primary"
          onClick={() => onTake(united(mine, saved.text, began))}
        >
          Merge both, line by line
        </button>
        <button type="button" className="button" onClick={() => onTake(mine)}>
          Keep mine
        </button>
        <button type="button" className="button" onClick={() => onTake(saved.text)}>
          Take theirs
        </button>
      </p>
      <Suspense fallback={<Loading />}>
        <SideBySide mine={mine} theirs={saved.text} onMine={onWrite} />
      </Suspense>
    </section>
  );
}
