// What an instructor runs a drill with: agenda, messages, people, cause, judgement, the answer.

import type { Answer as AnswerData } from "@/api/types";
import { useDrill } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { ErrorNote } from "@/components/ErrorNote";
import { Agenda } from "./Agenda";
import { Answer, Hints } from "./Answer";
import { Causes } from "./Causes";
import { Ending } from "@/components/Ending";
import { Messages } from "./Messages";
import { People } from "./People";
import { Picker } from "./Picker";
import { RubricGrading } from "./RubricGrading";
import { Team } from "./Team";
import { WhileLive } from "@/api/WhileLive";

const NO_ANSWER: AnswerData = { scenario: "", seed: 0, faults: [], declared: [], evidence_min: 0 };

export default function Instructor() {
  const { status } = useDrill();
  const { exercise } = status;
  const { data, error } = usePoll("/v1/answer");
  const answer = data || NO_ANSWER;
  const hints = answer.faults.flatMap((one) => one.hints);
  return (
    <>
      <div className="columns">
        <div className="grid">
          <WhileLive>
            <Agenda exercise={exercise} />
          </WhileLive>
          <WhileLive>
            <Messages />
          </WhileLive>
        </div>
        <div className="grid">
          <ErrorNote error={error} />
          <Team />
          <Causes answer={answer} />
          <People roles={exercise.roles} />
          <Hints given={exercise.hints} hints={hints} />
          <RubricGrading />
          {data && <Answer answer={data} />}
          <WhileLive>
            <Ending />
          </WhileLive>
        </div>
      </div>
      <div className="grid next">
        <Picker />
      </div>
    </>
  );
}
