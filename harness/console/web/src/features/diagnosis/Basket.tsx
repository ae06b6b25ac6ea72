import { X } from "lucide-react";
import { useState } from "react";
import { moment } from "@/api/moment";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { placeOf } from "@/components/Links";
import type { Piece as PieceOfEvidence } from "@/components/basket";
import { attachEvidence, useEvidence } from "@/components/basket";
import type { Side } from "@/lib/declaring";
import type { Belief } from "@/lib/merge";
import { dated } from "@/lib/promql";
import type { Lay } from "./useHypotheses";

/** What was picked up, ready to be laid for or against a hypothesis. */
export function Basket({ hypotheses, onLay }: { hypotheses: readonly Belief[]; onLay: Lay }) {
  const [pieces, drop] = useEvidence();
  const [typed, setTyped] = useState("");
  return (
    <Card title="Collected evidence" className="span12" id="basket">
      {!pieces.length && (
        <Empty>
          Nothing collected yet. Use “Attach” next to a panel, trace, log line, commit or page.
        </Empty>
      )}
      <ul className="plain">
        {pieces.map((one) => (
          <Piece key={one.link} piece={one} hypotheses={hypotheses} drop={drop} onLay={onLay} />
        ))}
      </ul>
      <form
        className="slider"
        onSubmit={(event) => {
          event.preventDefault();
          attachEvidence(dated(typed.trim(), moment.nowMs()));
          setTyped("");
        }}
      >
        <input
          aria-label="Evidence link"
          placeholder="trace:… log:… commit:… alert:… promql:… @07:34..07:37, or words"
          required
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit">Collect</Button>
      </form>
    </Card>
  );
}

function Piece({
  piece,
  hypotheses,
  drop,
  onLay,
}: {
  piece: PieceOfEvidence;
  hypotheses: readonly Belief[];
  drop: (link: string) => void;
  onLay: Lay;
}) {
  const [target, setTarget] = useState("");
  const chosen = hypotheses.some((one) => one.id === target) ? target : hypotheses[0]?.id || "";
  const lay = (side: Side) => {
    onLay(chosen, side, piece.link);
    drop(piece.link);
  };
  return (
    <li className="piece">
      <div>
        <a className="mono" href={placeOf(piece.link) ?? undefined}>
          {piece.link}
        </a>
        {piece.note && <div className="muted">{piece.note}</div>}
      </div>
      <div className="actions">
        <select
          aria-label={`Hypothesis for ${piece.link}`}
          value={chosen}
          onChange={(event) => setTarget(event.currentTarget.value)}
        >
          {hypotheses.map((one) => (
            <option key={one.id} value={one.id}>
              {one.id} {one.text.slice(0, 40)}
            </option>
          ))}
        </select>
        <Button disabled={!chosen} onClick={() => lay("for")}>
          For
        </Button>
        <Button disabled={!chosen} onClick={() => lay("against")}>
          Against
        </Button>
        <Button kind="quiet" onClick={() => drop(piece.link)} aria-label={`Drop ${piece.link}`}>
          <X className="icon" aria-hidden="true" />
        </Button>
      </div>
    </li>
  );
}
