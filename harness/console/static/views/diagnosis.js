// From what is known to the one cause: incident, triage, hypotheses, evidence, declaration.

import { ErrorNote, Loading, html, useLive, usePoll } from "../lib.js";
import { Declare, Marks } from "../parts/declare.js";
import { Basket } from "../parts/evidence.js";
import { Hypotheses, Revisions, useHypotheses } from "../parts/hypotheses.js";
import { Incident, Triage } from "../parts/triage.js";

export default function Diagnosis() {
  const { status } = useLive();
  const { data: choices, error } = usePoll("/v1/choices");
  const held = useHypotheses();
  if (error && !choices) return html`<${ErrorNote} error=${error} />`;
  if (!choices) return html`<${Loading} />`;
  return html`<div class="columns">
    <div class="grid"><${Hypotheses} held=${held} choices=${choices} /><${Basket} hypotheses=${held.list} onLay=${held.lay} /><${Declare} choices=${choices} list=${held.list} /></div>
    <div class="grid"><${Incident} choices=${choices} impact=${status.impact} /><${Triage} choices=${choices} /><${Marks} choices=${choices} /><${Revisions} /></div>
  </div>`;
}
