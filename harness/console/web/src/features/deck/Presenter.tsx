// For whoever presents, in a window of their own: what to say, what comes next, and how long it takes.

import { useState } from "react";
import { useNow } from "@/api/useNow";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { stopwatch } from "@/lib/format";
import type { SlideId } from "./notes";
import { SPEAKER_NOTES, TITLES } from "./notes";
import { list } from "./words";

export function Presenter({
  ids,
  at,
  move,
}: {
  ids: readonly SlideId[];
  at: number;
  move: (to: number) => void;
}) {
  const now = useNow(1000);
  const [began] = useState(now);
  const shown = Math.max(0, at);
  const [id, next] = [ids[shown], ids[shown + 1]];
  if (!id) return null;
  return (
    <Card title={`${shown + 1} / ${ids.length}: ${TITLES[id]}`} id="presenter" className="speaker">
      {list(SPEAKER_NOTES[id])}
      <p className="muted">
        {next ? `Next: ${TITLES[next]}` : "The last slide"} · {stopwatch((now - began) / 1000)}
      </p>
      <div className="actions">
        <Button disabled={shown === 0} onClick={() => move(shown - 1)}>
          Back
        </Button>
        <Button kind="primary" disabled={!next} onClick={() => move(shown + 1)}>
          Next slide
        </Button>
      </div>
    </Card>
  );
}
