import type { SyntheticEvent } from "react";
import { api } from "@/api/client";
import type { IncidentData } from "@/api/records";
import type { Choices, Impact } from "@/api/types";
import { useAct } from "@/api/useAct";
import { useNewest } from "@/api/useNewest";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Clash } from "@/components/Clash";
import { ErrorNote } from "@/components/ErrorNote";
import { Pick } from "@/components/inputs";
import { useShared } from "@/components/useShared";
import { clock, plain } from "@/lib/format";
import type { IncidentForm } from "@/lib/merge";
import { mergedIncident } from "@/lib/merge";
import { words } from "@/lib/words";

const NO_INCIDENT: IncidentForm = {
  severity: "sev2",
  summary: "",
  systems: [],
  blast: "",
  users: "",
  escalate: [],
};

const readIncident = (data: IncidentData): IncidentForm => ({
  severity: data.severity,
  summary: data.summary,
  systems: [...data.systems],
  blast: data.blast_radius,
  users: data.users_affected === null ? "" : String(data.users_affected),
  escalate: [...data.escalate],
});

function Ticks({
  label,
  of,
  chosen,
  onChange,
}: {
  label: string;
  of: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}) {
  const flip = (one: string) =>
    onChange(chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]);
  return (
    <fieldset className="ticks">
      <legend>{label}</legend>
      {of.map((one) => (
        <label key={one}>
          <input type="checkbox" checked={chosen.includes(one)} onChange={() => flip(one)} />{" "}
          {words(one)}
        </label>
      ))}
    </fieldset>
  );
}

/** Opens the incident, or says anew what it is. */
export function Incident({ choices, impact }: { choices: Choices; impact: Impact | null }) {
  const newest = useNewest("incident.declared");
  const form = useShared("incident", newest, readIncident, NO_INCIDENT);
  const { value, set } = form;
  const put = (change: Partial<IncidentForm>) => set((before) => ({ ...before, ...change }));
  const measured = impact ? Math.round(impact.users_affected) : null;
  const save = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await form.save((sent) =>
      api.post("/v1/incident", {
        severity: sent.severity,
        summary: sent.summary,
        systems: sent.systems,
        blast_radius: sent.blast,
        users_affected: sent.users === "" ? measured : Number(sent.users),
        escalate: sent.escalate,
      }),
    );
  });
  return (
    <Card
      title="Incident"
      className="span12"
      id="incident"
      actions={
        newest && (
          <span className="muted">
            declared {clock(newest.at)} by {newest.by}
          </span>
        )
      }
    >
      <Clash shared={form} merge={mergedIncident}>
        <p>
          {form.clash?.value.severity}: {form.clash?.value.summary}
        </p>
      </Clash>
      <form onSubmit={save.run}>
        <div className="two">
          <Pick
            label="Severity"
            value={value.severity}
            of={choices.severities}
            onPick={(severity) => put({ severity })}
          />
          <label className="field">
            <span className="label">
              Users affected{measured === null ? "" : " (empty: as measured)"}
            </span>
            <input
              type="number"
              min="0"
              placeholder={measured === null ? "" : plain(measured, 0)}
              value={value.users}
              onInput={(event) => put({ users: event.currentTarget.value })}
            />
          </label>
        </div>
        <label className="field">
          <span className="label">Summary, in a sentence</span>
          <input
            required
            value={value.summary}
            onInput={(event) => put({ summary: event.currentTarget.value })}
          />
        </label>
        <label className="field">
          <span className="label">Blast radius: who and what is affected, and what is not</span>
          <input
            required
            value={value.blast}
            onInput={(event) => put({ blast: event.currentTarget.value })}
          />
        </label>
        <Ticks
          label="Systems"
          of={choices.services}
          chosen={value.systems}
          onChange={(systems) => put({ systems })}
        />
        <Ticks
          label="Escalate for"
          of={choices.escalations}
          chosen={value.escalate}
          onChange={(escalate) => put({ escalate })}
        />
        <ErrorNote error={save.error} />
        <Button
          type="submit"
          kind={newest ? "" : "primary"}
          busy={save.busy}
          disabled={form.clash !== null}
        >
          {newest ? "Update the incident" : "Declare the incident"}
        </Button>
      </form>
    </Card>
  );
}
