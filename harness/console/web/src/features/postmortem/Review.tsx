import type { Choices } from "@/api/types";
import { ActionItems } from "./ActionItems";
import { Causes } from "./CauseLevels";
import { Lessons } from "./Lessons";
import { Reflections } from "./Reflections";

/** The forms of the review, each with what was written so far. */
export function Review({ choices }: { choices: Choices }) {
  return (
    <div className="columns">
      <div className="grid">
        <Reflections questions={choices.questions} />
        <Causes levels={choices.cause_levels} />
      </div>
      <div className="grid">
        <Lessons kinds={choices.learnings} lists={choices.learning_lists} />
        <ActionItems checks={choices.checks} />
      </div>
    </div>
  );
}
