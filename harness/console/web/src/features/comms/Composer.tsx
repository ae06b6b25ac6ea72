import type { SyntheticEvent } from "react";
import { api } from "@/api/client";
import type { UpdateData } from "@/api/records";
import type { Choices } from "@/api/types";
import { useAct } from "@/api/useAct";
import { useDrill } from "@/api/useLive";
import { useNewest } from "@/api/useNewest";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { toast } from "@/components/Toast";
import { Lines, Percent, Pick } from "@/components/inputs";
import { useDraft } from "@/components/useDraft";
import { asList } from "@/lib/words";

interface UpdateForm {
  /** Empty: as in the update before. */
  status: string;
  readers: string;
  happened: string;
  did: string;
  state: string;
  confidence: number | null;
  unknowns: string;
  next: string;
  eta: string;
  latest: string;
  components: Record<string, string>;
}

const BLANK: UpdateForm = {
  status: "",
  readers: "all",
  happened: "",
  did: "",
  state: "",
  confidence: null,
  unknowns: "",
  next: "",
  eta: "",
  latest: "",
  components: {},
};

const fromUpdate = (data: UpdateData): UpdateForm => ({
  status: data.status,
  readers: data.readers,
  happened: data.what_happened,
  did: data.what_we_did,
  state: data.current_state,
  confidence: data.confidence_percent,
  unknowns: data.unknowns.join("\n"),
  next: data.next_steps.join("\n"),
  eta: "",
  latest: "",
  components: data.components || {},
});

const minutes = (text: string): number | null => (text === "" ? null : Number(text));

function Components({
  choices,
  value,
  onChange,
}: {
  choices: Choices;
  value: Record<string, string>;
  onChange: (value: Record<string, string>) => void;
}) {
  const put = (name: string, status: string) => {
    const { [name]: _, ...others } = value;
    onChange(status ? { ...others, [name]: status } : others);
  };
  return (
    <details>
      <summary>Status page: component status ({Object.keys(value).length} set)</summary>
      <div className="two">
        {choices.services.map((name) => (
          <Pick
            key={name}
            label={name}
            none="unchanged"
            of={choices.component_statuses}
            value={value[name] || ""}
            onPick={(status) => put(name, status)}
          />
        ))}
      </div>
    </details>
  );
}

export function Composer({ choices }: { choices: Choices }) {
  const newest = useNewest("update.posted");
  const [draft, setDraft, taken] = useDraft("update", BLANK);
  const { status: drill } = useDrill();
  const proven = drill.phase === "verified" ? "resolved" : "";
  const status = draft.status || proven || newest?.data.status || "investigating";
  const confidence = draft.confidence ?? newest?.data.confidence_percent ?? 50;
  const put = (change: Partial<UpdateForm>) => setDraft((before) => ({ ...before, ...change }));
  const post = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await api.post("/v1/updates", {
      status,
      readers: draft.readers,
      what_happened: draft.happened,
      what_we_did: draft.did,
      current_state: draft.state,
      confidence,
      unknowns: asList(draft.unknowns),
      next_steps: asList(draft.next),
      eta_minutes: minutes(draft.eta),
      eta_latest_minutes: minutes(draft.latest),
      components: Object.keys(draft.components).length ? draft.components : null,
    });
    taken(draft);
    void toast("Update posted");
  });
  const eta = (label: string, key: "eta" | "latest") => (
    <label className="field">
      <span className="label">{label}</span>
      <input
        type="number"
        min="0"
        step="any"
        value={draft[key]}
        onInput={(event) => put({ [key]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <Card
      title="Stakeholder update"
      className="span12"
      id="composer"
      actions={
        newest && (
          <Button onClick={() => setDraft(fromUpdate(newest.data))}>
            Start from the last update
          </Button>
        )
      }
    >
      <form onSubmit={post.run}>
        <div className="two">
          <Pick
            label="Status"
            value={status}
            of={choices.update_statuses}
            onPick={(picked) => put({ status: picked })}
          />
          <Pick
            label="Audience"
            value={draft.readers}
            of={choices.readers}
            onPick={(readers) => put({ readers })}
          />
        </div>
        <Lines
          label="What happened"
          required
          rows={2}
          value={draft.happened}
          onText={(happened) => put({ happened })}
        />
        <Lines
          label="What we did"
          required
          rows={2}
          value={draft.did}
          onText={(did) => put({ did })}
        />
        <Lines
          label="Current state"
          hint="Shown to customers"
          required
          rows={2}
          value={draft.state}
          onText={(state) => put({ state })}
        />
        <div className="field">
          <span className="label">Confidence</span>
          <Percent
            label="Confidence"
            value={confidence}
            onNumber={(wanted) => put({ confidence: wanted })}
          />
        </div>
        <div className="two">
          <Lines
            label="Unknowns"
            hint="One per line"
            value={draft.unknowns}
            onText={(unknowns) => put({ unknowns })}
          />
          <Lines
            label="Next steps"
            hint="One per line"
            required
            value={draft.next}
            onText={(next) => put({ next })}
          />
          {eta("ETA in minutes, earliest", "eta")}
          {eta("ETA in minutes, latest", "latest")}
        </div>
        <Components
          choices={choices}
          value={draft.components}
          onChange={(components) => put({ components })}
        />
        <ErrorNote error={post.error} />
        <Button type="submit" kind="primary" busy={post.busy}>
          Post update
        </Button>
      </form>
    </Card>
  );
}
