import type { ReactNode } from "react";
import { useState } from "react";
import type { DrillRecord, HypothesisData } from "@/api/records";
import type { ScoreLine, ScoreSection, Verdict } from "@/api/scoring";
import { clock } from "@/lib/format";

export type BySeq = ReadonlyMap<number, DrillRecord>;

const VERDICTS: Record<Verdict, readonly [string, string]> = {
  given: ["good", "✓"],
  "not given": ["bad", "✕"],
  "for the instructor": ["warn", "…"],
  "no data": ["muted", "–"],
  "does not apply": ["muted", "○"],
  judged: ["accent", "★"],
};

/** Neither earned nor missed: that is no zero. */
const OPEN: ReadonlySet<Verdict> = new Set(["for the instructor", "no data"]);

export function Section({ section, bySeq }: { section: ScoreSection; bySeq: BySeq }) {
  const open = section.lines
    .filter((line) => OPEN.has(line.verdict))
    .reduce((sum, line) => sum + line.points_max, 0);
  return (
    <section className="card">
      <header className="v-bar">
        <h2>{section.title}</h2>
        <span className="v-push" />
        <b>
          {section.points} of {section.points_max}
          {section.is_bonus ? " bonus" : ""}
          {open > 0 && <span className="muted"> · {open} open</span>}
        </b>
      </header>
      <ul className="v-lines">
        {section.lines.map((line) => (
          <Line key={line.line} line={line} bySeq={bySeq} />
        ))}
      </ul>
    </section>
  );
}

function Line({ line, bySeq }: { line: ScoreLine; bySeq: BySeq }) {
  const [isOpen, setOpen] = useState(false);
  const [tone, sign] = VERDICTS[line.verdict];
  return (
    <li>
      <button
        type="button"
        className="v-line-head"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <span className={`v-${tone}`} title={line.verdict}>
          {sign}
        </span>
        <span>
          {line.text}
          <small className="muted"> {line.because}</small>
        </span>
        <span className="num">
          {line.verdict === "does not apply"
            ? "does not apply"
            : `${OPEN.has(line.verdict) ? "–" : line.points} / ${line.points_max}`}
        </span>
      </button>
      {isOpen && <Deciders seqs={line.seqs} bySeq={bySeq} verdict={line.verdict} />}
    </li>
  );
}

export function Deciders({
  seqs,
  bySeq,
  verdict,
}: {
  seqs: readonly number[];
  bySeq: BySeq;
  verdict: string;
}) {
  if (!seqs.length)
    return <p className="muted v-deciders">{verdict}: no recorded event decides this line.</p>;
  return (
    <ul className="v-deciders">
      {seqs.map((seq) => (
        <li key={seq}>{said(seq, bySeq.get(seq))}</li>
      ))}
    </ul>
  );
}

/** Fields that tell of an event, whichever of them it has. */
interface Told {
  text?: string;
  summary?: string;
  reason?: string;
  expectation?: string;
  what_happened?: string;
  known?: string[];
  hypotheses?: HypothesisData[];
  service?: string;
  by?: string;
}

/** An event in a line; those for the instructor alone are not in a participant's record. */
function said(seq: number, event: DrillRecord | undefined): ReactNode {
  if (!event) return <span className="mono">#{seq}</span>;
  const {
    text,
    summary,
    reason,
    expectation,
    what_happened: happened,
    known,
    hypotheses,
    service,
    by,
  } = event.data as Told;
  const words =
    text ??
    summary ??
    happened ??
    expectation ??
    known?.join("; ") ??
    hypotheses?.map((one) => `${one.text} (${one.probability_percent} %)`).join("; ") ??
    service ??
    reason ??
    "";
  return (
    <>
      <span className="mono">
        #{seq} {clock(Date.parse(event.time))}
      </span>{" "}
      <b>{event.type}</b> {by ?? event.actor}{" "}
      <span className="muted">{String(words).slice(0, 200)}</span>
    </>
  );
}
