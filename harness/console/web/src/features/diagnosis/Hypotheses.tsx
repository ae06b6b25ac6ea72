// What the team believes, in percent that sum to 100, with what speaks for and against.

import type { SyntheticEvent } from "react";
import { useEffect, useEffectEvent } from "react";
import type { Choices } from "@/api/types";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Clash } from "@/components/Clash";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Links } from "@/components/Links";
import { Percent, Pick } from "@/components/inputs";
import { clock } from "@/lib/format";
import type { Side } from "@/lib/declaring";
import type { Belief } from "@/lib/merge";
import { mergedHypotheses } from "@/lib/merge";
import type { Beliefs, Held } from "./useHypotheses";

const merge = (base: Beliefs, mine: Beliefs, theirs: Beliefs): Beliefs => ({
  reason: mine.reason,
  list: mergedHypotheses(base.list, mine.list, theirs.list),
});

function Hypothesis({
  one,
  index,
  held,
  choices,
}: {
  one: Belief;
  index: number;
  held: Held;
  choices: Choices;
}) {
  const take = (side: Side) => (link: string) =>
    held.put(one.id, { [side]: one[side].filter((other) => other !== link) });
  return (
    <li className="hypothesis">
      <div className="slider">
        <input
          id={`hypothesis-${one.id}`}
          aria-label={`Hypothesis ${one.id}`}
          required
          placeholder="What could explain every symptom?"
          value={one.text}
          onInput={(event) => held.put(one.id, { text: event.currentTarget.value })}
        />
        <Button kind="quiet" onClick={() => held.remove(one.id)} aria-label={`Remove ${one.id}`}>
          Remove
        </Button>
      </div>
      <Percent
        label={`Probability of ${one.id}`}
        value={one.probability}
        onNumber={(wanted) => held.slide(index, wanted)}
      />
      <div className="two">
        <Pick
          label="Service"
          none="not specified"
          value={one.service}
          of={choices.services}
          onPick={(service) => held.put(one.id, { service })}
        />
        <Pick
          label="Mechanism"
          none="not specified"
          value={one.mechanism}
          of={choices.mechanisms}
          onPick={(mechanism) => held.put(one.id, { mechanism })}
        />
      </div>
      {one.for.length > 0 && <div className="muted">evidence for</div>}
      <Links label="Evidence for" links={one.for} onRemove={take("for")} />
      {one.against.length > 0 && <div className="muted">evidence against</div>}
      <Links label="Evidence against" links={one.against} onRemove={take("against")} />
    </li>
  );
}

export function Hypotheses({ held, choices }: { held: Held; choices: Choices }) {
  const { form, list, newest, save } = held;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void save.run(form.value);
  };
  // The address is listened to once, but what is added to is what stands by then.
  const asked = useEffectEvent(() => {
    if (!location.hash.endsWith("?new")) return;
    history.replaceState(null, "", "#/diagnosis");
    held.add();
  });
  useEffect(() => {
    const changed = () => asked();
    changed();
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const empty = list.findLast((one) => !one.text)?.id;
  useEffect(() => {
    if (empty) document.getElementById(`hypothesis-${empty}`)?.focus();
  }, [empty]);
  return (
    <Card
      title="Hypotheses"
      className="span12"
      id="hypotheses"
      actions={
        <>
          <span className="muted">
            {form.isDraft
              ? "not saved yet"
              : newest
                ? `saved ${clock(newest.at)} by ${newest.by}`
                : ""}
          </span>
          <Button onClick={held.add}>Add (h)</Button>
        </>
      }
    >
      <Clash shared={form} merge={merge}>
        <ul>
          {(form.clash?.value.list || []).map((one) => (
            <li key={one.id}>
              {one.probability} % {one.text}
            </li>
          ))}
        </ul>
      </Clash>
      {!list.length && (
        <Empty>No hypotheses yet. Write down possible causes before you look for proof.</Empty>
      )}
      <form onSubmit={submit}>
        <ol className="plain">
          {list.map((one, index) => (
            <Hypothesis key={one.id} one={one} index={index} held={held} choices={choices} />
          ))}
        </ol>
        {form.isDraft && list.length > 0 && (
          <label className="field">
            <span className="label">Reason for the change</span>
            <input
              value={form.value.reason}
              onInput={(event) => {
                // React lets go of the event before it may ask what comes of it.
                const reason = event.currentTarget.value;
                form.set((before) => ({ ...before, reason }));
              }}
            />
          </label>
        )}
        <ErrorNote error={save.error} />
        {form.isDraft && (
          <div className="actions">
            <Button
              type="submit"
              kind="primary"
              busy={save.busy}
              disabled={!list.length || form.clash !== null}
            >
              Save revision
            </Button>
            {newest && <Button onClick={form.discard}>Discard changes</Button>}
          </div>
        )}
      </form>
    </Card>
  );
}
