import { ArrowUp, X } from "lucide-react";
import type { SyntheticEvent } from "react";
import { api } from "@/api/client";
import type { TriageData } from "@/api/records";
import type { Choices } from "@/api/types";
import { useAct } from "@/api/useAct";
import { useNewest } from "@/api/useNewest";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Clash } from "@/components/Clash";
import { ErrorNote } from "@/components/ErrorNote";
import { Lines } from "@/components/inputs";
import { useShared } from "@/components/useShared";
import { clock } from "@/lib/format";
import type { Priority, TriageForm } from "@/lib/merge";
import { mergedTriage } from "@/lib/merge";
import { asList, words } from "@/lib/words";

const NO_TRIAGE: TriageForm = {
  known: "",
  unknown: "",
  priorities: [
    { kind: "prevent-cascade", text: "" },
    { kind: "diagnose", text: "" },
    { kind: "communicate", text: "" },
  ],
  later: "",
};

const readTriage = (data: TriageData): TriageForm => ({
  known: data.known.join("\n"),
  unknown: data.unknown.join("\n"),
  later: data.not_doing_yet.join("\n"),
  priorities: data.priorities.map((one) => ({ kind: one.kind, text: one.text })),
});

function Priorities({
  value,
  kinds,
  onChange,
}: {
  value: readonly Priority[];
  kinds: readonly string[];
  onChange: (priorities: Priority[]) => void;
}) {
  const put = (index: number, change: Partial<Priority>) =>
    onChange(value.map((one, at) => (at === index ? { ...one, ...change } : one)));
  const up = (index: number) =>
    onChange([
      ...value.slice(0, index - 1),
      ...value.slice(index, index + 1),
      ...value.slice(index - 1, index),
      ...value.slice(index + 1),
    ]);
  return (
    <fieldset className="ticks">
      <legend>Priorities, most urgent first</legend>
      <ol className="priorities">
        {value.map((one, index) => (
          <li key={index}>
            <select
              aria-label={`Kind of priority ${index + 1}`}
              value={one.kind}
              onChange={(event) => put(index, { kind: event.currentTarget.value })}
            >
              {kinds.map((kind) => (
                <option key={kind} value={kind}>
                  {words(kind)}
                </option>
              ))}
            </select>
            <input
              aria-label={`Priority ${index + 1}`}
              value={one.text}
              onInput={(event) => put(index, { text: event.currentTarget.value })}
            />
            <Button
              kind="quiet"
              disabled={index === 0}
              onClick={() => up(index)}
              aria-label={`Move priority ${index + 1} up`}
            >
              <ArrowUp className="icon" aria-hidden="true" />
            </Button>
            <Button
              kind="quiet"
              onClick={() => onChange(value.filter((_, at) => at !== index))}
              aria-label={`Remove priority ${index + 1}`}
            >
              <X className="icon" aria-hidden="true" />
            </Button>
          </li>
        ))}
      </ol>
      <Button onClick={() => onChange([...value, { kind: "other", text: "" }])}>
        Add a priority
      </Button>
    </fieldset>
  );
}

export function Triage({ choices }: { choices: Choices }) {
  const newest = useNewest("triage.written");
  const form = useShared("triage", newest, readTriage, NO_TRIAGE);
  const { value, set, clash } = form;
  const put = (change: Partial<TriageForm>) => set((before) => ({ ...before, ...change }));
  const save = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await form.save((sent) =>
      api.post("/v1/triage", {
        known: asList(sent.known),
        unknown: asList(sent.unknown),
        not_doing_yet: asList(sent.later),
        priorities: sent.priorities.filter((one) => one.text.trim()),
      }),
    );
  });
  return (
    <Card
      title="Triage"
      className="span12"
      id="triage"
      actions={
        <span className="muted">
          {form.isDraft
            ? "not saved yet"
            : newest
              ? `saved ${clock(newest.at)} by ${newest.by}`
              : ""}
        </span>
      }
    >
      <Clash shared={form} merge={mergedTriage}>
        <pre className="text">{clash && [clash.value.known, clash.value.unknown].join("\n")}</pre>
      </Clash>
      <form onSubmit={save.run}>
        <div className="two">
          <Lines
            label="Known"
            hint="One per line"
            required
            value={value.known}
            onText={(known) => put({ known })}
          />
          <Lines
            label="Unknown"
            hint="One per line"
            required
            value={value.unknown}
            onText={(unknown) => put({ unknown })}
          />
        </div>
        <Priorities
          value={value.priorities}
          kinds={choices.priorities}
          onChange={(priorities) => put({ priorities })}
        />
        <Lines
          label="Not doing yet"
          rows={2}
          value={value.later}
          onText={(later) => put({ later })}
        />
        <ErrorNote error={save.error} />
        <Button
          type="submit"
          kind="primary"
          busy={save.busy}
          disabled={!form.isDraft || clash !== null}
        >
          Save triage
        </Button>
      </form>
    </Card>
  );
}
