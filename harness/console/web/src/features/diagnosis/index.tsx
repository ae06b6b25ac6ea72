// From what is known to the one cause: incident, triage, hypotheses, evidence, declaration.

import { useDrill } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { Basket } from "./Basket";
import { Declare } from "./Declare";
import { Hypotheses } from "./Hypotheses";
import { Incident } from "./Incident";
import { Marks } from "./Marks";
import { Revisions } from "./Revisions";
import { Triage } from "./Triage";
import { useHypotheses } from "./useHypotheses";
import { WhileLive } from "@/api/WhileLive";

export default function Diagnosis() {
  const { status } = useDrill();
  const { data: choices, error } = usePoll("/v1/choices");
  const held = useHypotheses();
  if (error && !choices) return <ErrorNote error={error} />;
  if (!choices) return <Loading />;
  return (
    <div className="columns">
      <div className="grid">
        <Hypotheses held={held} choices={choices} />
        <Basket hypotheses={held.list} onLay={held.lay} />
        <WhileLive>
          <Declare choices={choices} list={held.list} />
        </WhileLive>
      </div>
      <div className="grid">
        <Incident choices={choices} impact={status.impact} />
        <Triage choices={choices} />
        <Marks choices={choices} />
        <Revisions />
      </div>
    </div>
  );
}
