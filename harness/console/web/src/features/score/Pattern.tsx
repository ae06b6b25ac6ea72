import type { Classification } from "@/api/scoring";
import { counted } from "@/lib/words";
import type { BySeq } from "./Section";
import { Deciders } from "./Section";

const PATTERNS: Record<Classification["pattern"], readonly [string, string]> = {
  panic: ["bad", "Panic: actions before hypotheses."],
  structured: ["good", "Structured: investigation first, then action."],
  mixed: ["warn", "Mixed: some of both."],
  "no data": ["muted", "Not enough data yet."],
};

export function Pattern({
  classification,
  bySeq,
}: {
  classification: Classification;
  bySeq: BySeq;
}) {
  const { pattern, signs, actions, hypotheses } = classification;
  const [tone, words] = PATTERNS[pattern];
  return (
    <section className="card">
      <h2>Panic or structured</h2>
      <p className={`v-figure v-${tone}`}>{pattern}</p>
      <p>
        {words} {counted(actions, "action", "actions")},{" "}
        {counted(hypotheses, "hypothesis", "hypotheses")}.
      </p>
      <ul className="v-lines">
        {signs.map((sign) => (
          <li key={sign.name}>
            <p>
              <span className={sign.says === "panic" ? "v-bad" : "v-good"}>
                {sign.says === "panic" ? "▲" : "✓"}
              </span>{" "}
              {sign.name} <span className="muted">{sign.what}</span>
            </p>
            <Deciders seqs={sign.seqs} bySeq={bySeq} verdict="" />
          </li>
        ))}
      </ul>
    </section>
  );
}
