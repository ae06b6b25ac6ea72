import type { SyntheticEvent } from "react";
import { useState } from "react";
import { api } from "@/api/client";
import type { Choices } from "@/api/types";
import { useAct } from "@/api/useAct";
import { useLive } from "@/api/useLive";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { Field } from "@/components/Field";
import { Links } from "@/components/Links";
import { toast } from "@/components/Toast";
import { Lines, Percent, Pick } from "@/components/inputs";
import { useEvidence } from "@/components/basket";
import { evidenceOf, hypothesisFor } from "@/lib/declaring";
import { clock } from "@/lib/format";
import type { Belief } from "@/lib/merge";
import { useDraft } from "@/components/useDraft";

interface Declaration {
  service: string;
  mechanism: string;
  confidence: number;
  note: string;
  /** The hypothesis whose evidence goes with it. */
  from: string;
  dropped: string[];
}

const START: Declaration = {
  service: "",
  mechanism: "",
  confidence: 70,
  note: "",
  from: "",
  dropped: [],
};

export function Declare({ choices, list }: { choices: Choices; list: readonly Belief[] }) {
  const { records } = useLive();
  const [draft, setDraft, taken] = useDraft("declare", START);
  const [sure, setSure] = useState(false);
  const leading = list.toSorted((a, b) => b.probability - a.probability)[0];
  const service = draft.service || leading?.service || "";
  const mechanism = draft.mechanism || leading?.mechanism || "";
  const from = list.find((one) => one.id === draft.from) || hypothesisFor(list, service, mechanism);
  const [basket, drop] = useEvidence();
  const evidence = evidenceOf(from, basket, draft.dropped);
  const put = (change: Partial<Declaration>) => setDraft((before) => ({ ...before, ...change }));
  // Another cause stands on other evidence.
  const pick = (change: Partial<Declaration>) => put({ ...change, from: "", dropped: [] });
  const declared = records.filter((one) => one.type === "diagnosis.declared");
  const confirmed = new Map(
    records
      .filter((one) => one.type === "cause.confirmed")
      .map((one) => [String(one.data.diagnosis_seq), one.data.right]),
  );
  const declare = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await api.post("/v1/diagnoses", {
      service,
      mechanism,
      confidence: draft.confidence,
      evidence,
      note: draft.note,
    });
    taken(draft);
    drop(...evidence);
    setSure(false);
    document.getElementById("declare")?.scrollIntoView({ block: "start" });
    void toast("Diagnosis submitted");
  });
  return (
    <Card title="Diagnosis" className="span12" id="declare">
      {declared.map((one) => (
        <p className="note" key={one.id}>
          <time className="muted">{clock(one.time)}</time>{" "}
          <strong>
            {one.data.service}: {one.data.mechanism}
          </strong>
          , {one.data.confidence_percent} % sure, by {one.data.by}{" "}
          {confirmed.has(one.id) && (
            <Badge kind={confirmed.get(one.id) ? "good" : "bad"}>
              {confirmed.get(one.id) ? "confirmed" : "rejected"}
            </Badge>
          )}
        </p>
      ))}
      {declared.length > 0 && <h3>Another diagnosis</h3>}
      <form onSubmit={declare.run}>
        <div className="two">
          <Pick
            label="Service"
            required
            none="choose"
            value={service}
            of={choices.services}
            onPick={(chosen) => pick({ service: chosen })}
          />
          <Pick
            label="Mechanism"
            required
            none="choose"
            value={mechanism}
            of={choices.mechanisms}
            onPick={(chosen) => pick({ mechanism: chosen })}
          />
        </div>
        <div className="field">
          <span className="label">Confidence</span>
          <Percent
            label="Confidence"
            value={draft.confidence}
            onNumber={(confidence) => put({ confidence })}
          />
        </div>
        <Lines
          label="Details and reasoning"
          rows={3}
          value={draft.note}
          onText={(note) => put({ note })}
        />
        {list.length > 0 && (
          <From list={list} from={from} onPick={(id) => put({ from: id, dropped: [] })} />
        )}
        {evidence.length ? (
          <Links
            label="Evidence of the cause"
            links={evidence}
            onRemove={(link) => put({ dropped: [...draft.dropped, link] })}
          />
        ) : (
          <p className="muted">
            {from
              ? `No evidence is attached to ${from.id}, and none is collected.`
              : "No evidence is collected, and no hypothesis names this cause: choose one above, or attach a panel, trace, log line or commit."}
          </p>
        )}
        <label className="field">
          <input
            type="checkbox"
            checked={sure}
            onChange={(event) => setSure(event.currentTarget.checked)}
          />{" "}
          The team agrees; a diagnosis cannot be edited later
        </label>
        <ErrorNote error={declare.error} />
        <Button type="submit" kind="primary" busy={declare.busy} disabled={!sure}>
          Submit diagnosis
        </Button>
      </form>
    </Card>
  );
}

/** The hypothesis whose evidence goes with the cause: the one that says the same, or one that is chosen. */
function From({
  list,
  from,
  onPick,
}: {
  list: readonly Belief[];
  from: Belief | null | undefined;
  onPick: (id: string) => void;
}) {
  return (
    <Field label="Use the evidence of">
      <select value={from?.id || ""} onChange={(event) => onPick(event.currentTarget.value)}>
        {!from && <option value="">choose</option>}
        {list.map((one) => (
          <option key={one.id} value={one.id}>
            {one.id} {one.text.slice(0, 40)}
          </option>
        ))}
      </select>
    </Field>
  );
}
