// Who called whom and for how long, as boxes below their callers: drawn from the data, so that no
// script of a file's runs here. One stop for the Tab key; the arrows go from box to box.

import type { KeyboardEvent } from "react";
import { useMemo, useState } from "react";
import { Button } from "@/components/Button";
import { percent } from "@/lib/format";
import type { FlameBox, FlameFrame } from "@/lib/flame";
import { boxesOf } from "@/lib/flame";

const ROW_PX = 20;
const ROOT = "0";

/** The box that an arrow leads to; undefined where there is none. */
function beside(boxes: readonly FlameBox[], from: FlameBox, key: string): FlameBox | undefined {
  const siblings = boxes.filter((one) => one.parent === from.parent);
  const place = siblings.indexOf(from);
  if (key === "ArrowUp") return boxes.find((one) => one.key === from.parent);
  if (key === "ArrowLeft") return siblings[place - 1];
  if (key === "ArrowRight") return siblings[place + 1];
  const below = boxes.filter((one) => one.parent === from.key);
  return key === "ArrowDown" ? below.toSorted((a, b) => b.width - a.width)[0] : undefined;
}

const wordsOf = ({ frame }: FlameBox) =>
  `${frame.name}${frame.place && ` (${frame.place})`}, ${percent(frame.total)}, itself ${percent(frame.self)}`;

export function FlameGraph({ root }: { root: FlameFrame }) {
  const [focus, setFocus] = useState(ROOT);
  const [chosen, setChosen] = useState(ROOT);
  const boxes = useMemo(() => boxesOf(root, focus), [root, focus]);
  const at = boxes.find((one) => one.key === chosen) ?? boxes[0];
  if (!at) return null;
  const rows = Math.max(...boxes.map((one) => one.depth)) + 1;
  const zoom = (key: string) => {
    setFocus(key);
    setChosen(key);
  };
  const pressed = (event: KeyboardEvent) => {
    const next = beside(boxes, at, event.key);
    if (next) setChosen(next.key);
    else if (event.key === "Enter") zoom(at.key);
    else if (event.key === "Escape" && focus !== ROOT) zoom(ROOT);
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div className="v-bar">
        <p className="v-flame-said mono" role="status">
          {wordsOf(at)}
        </p>
        {focus !== ROOT && <Button onClick={() => zoom(ROOT)}>Show all</Button>}
      </div>
      <div
        className="v-flame"
        role="tree"
        tabIndex={0}
        aria-label="Flame graph"
        aria-activedescendant={`flame-${at.key}`}
        style={{ height: rows * ROW_PX }}
        onKeyDown={pressed}
      >
        {boxes.map((box) => (
          <div
            key={box.key}
            id={`flame-${box.key}`}
            role="treeitem"
            aria-level={box.depth + 1}
            aria-selected={box === at}
            aria-label={wordsOf(box)}
            title={wordsOf(box)}
            className={box.frame.isOwn ? "v-flame-own" : ""}
            style={{
              left: `${box.left * 100}%`,
              width: `${box.width * 100}%`,
              top: box.depth * ROW_PX,
            }}
            onMouseEnter={() => setChosen(box.key)}
            onClick={() => zoom(box.key)}
          >
            {box.frame.name}
          </div>
        ))}
      </div>
    </>
  );
}
