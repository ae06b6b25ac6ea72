import { useEffect, useRef } from "react";
import type { Paper as SavedPaper } from "@/api/types";
import { compared, united } from "@/lib/diff";

const SIGNS = { mine: "+", theirs: "−", same: "" };

/** Two texts that grew apart: both on the page, until a person has put them together. */
export function Conflict({
  mine,
  saved,
  onTake,
}: {
  mine: string;
  saved: SavedPaper;
  onTake: (text: string) => void;
}) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    box.current?.focus();
  }, []);
  const lines = compared(mine, saved.text);
  return (
    <section ref={box} tabIndex={-1} className="card v-conflict" role="alert">
      <h2>▲ {saved.by || "Somebody"} saved a different version while you were writing</h2>
      <p>Nothing is lost: your text is below, theirs is here. Merge them, then save.</p>
      <p className="v-acts">
        <button
          type="button"
          className="button primary"
          onClick={() => onTake(united(mine, saved.text))}
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
      {lines ? (
        <div className="scroll v-tall">
          <table className="v-diff">
            <tbody>
              {lines.map((line, index) => (
                <tr
                  key={index}
                  className={`v-diff-${{ mine: "added", theirs: "removed", same: "same" }[line.kind]}`}
                >
                  <td>{{ mine: "yours", theirs: "theirs", same: "" }[line.kind]}</td>
                  <td aria-hidden="true">{SIGNS[line.kind]}</td>
                  <td>
                    <code>{line.text || " "}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <pre className="v-pre v-tall">{saved.text}</pre>
      )}
    </section>
  );
}
