// Rolling back, deploying, restarting, switching: said beforehand what is expected, then watched.

import type { SyntheticEvent } from "react";
import { useState } from "react";
import type { Flag } from "@/api/types";
import type { Start } from "@/components/run";
import { Choice } from "@/components/Choice";
import { Progress, useRun } from "@/components/run";
import { useDraft } from "@/components/useDraft";

type ActName = "rollback" | "deploy" | "restart" | "flag";

interface ActDraft {
  act: ActName;
  service: string;
  flag: string;
  to: string;
  message: string;
  expect: string;
  probability: string;
  within: string;
  ifWorse: string;
  noPlan: boolean;
}

interface ActFormProps {
  services: readonly string[];
  versions: ReadonlyMap<string, readonly string[]>;
  flags: readonly Flag[];
  drillId: string;
  /** What the address asks for: an act, and of which service. */
  asked: { act: string | undefined; service: string | undefined };
  onDone: () => void;
}

const ACTS: Record<ActName, { label: string; doing: string }> = {
  rollback: { label: "Roll back", doing: "Rolling back" },
  deploy: { label: "Deploy workspace", doing: "Deploying" },
  restart: { label: "Restart", doing: "Restarting" },
  flag: { label: "Switch a flag", doing: "Switching" },
};

const ACT_NAMES = Object.keys(ACTS) as ActName[];

const EMPTY: ActDraft = {
  act: "rollback",
  service: "",
  flag: "",
  to: "",
  message: "",
  expect: "",
  probability: "80",
  within: "120",
  ifWorse: "",
  noPlan: false,
};

function planOf({ expect, probability, within, ifWorse, noPlan }: ActDraft) {
  return noPlan || !(expect || ifWorse)
    ? { no_plan: noPlan }
    : {
        expect,
        probability: probability === "" ? null : Number(probability),
        within_s: Number(within) || 120,
        if_worse: ifWorse,
      };
}

/** Does what the draft says. */
function done(draft: ActDraft, start: Start): Promise<boolean> {
  const { act, service, flag, to, message } = draft;
  const plan = planOf(draft);
  const title = `${ACTS[act].doing} ${act === "flag" ? flag : service}`;
  switch (act) {
    case "rollback":
      return start("/v1/rollbacks", { service, ...plan, ...(to && { to }) }, title);
    case "deploy":
      return start("/v1/deploys", { service, ...plan, ...(message && { message }) }, title);
    case "restart":
      return start("/v1/restarts", { service, ...plan }, title);
    case "flag": {
      const [name = "", state] = flag.split(" ");
      return start("/v1/flags", { name, enabled: state === "on", ...plan }, title);
    }
  }
}

/** What the button does, in words. */
function wordsOf({ act, service, flag }: ActDraft): string {
  return act === "flag"
    ? flag && `Switch ${flag.replace(" ", " to ")}`
    : service && `${ACTS[act].label} ${service}`;
}

/**
 * `versions` are those that ran before, by service: what one can go back to. `flags` as
 * `{service, name, enabled}`, where `enabled` is null when its service does not say.
 */
export function ActForm({ services, versions, flags, drillId, asked, onDone }: ActFormProps) {
  const [draft, setDraft] = useDraft(`act ${drillId}`, EMPTY);
  const { run, isBusy, start } = useRun();
  const [came, setCame] = useState("");
  const coming = `${asked.act ?? ""} ${asked.service ?? ""}`;
  const given = { ...EMPTY, ...draft };
  const set = (changes: Partial<ActDraft>) =>
    setDraft((before) => ({ ...EMPTY, ...before, ...changes }));
  // Once for each address: what is then chosen by hand stays.
  if (came !== coming) {
    setCame(coming);
    const act = ACT_NAMES.find((one) => one === asked.act);
    if (act) set({ act, ...(asked.service && { service: asked.service, to: "" }) });
  }
  const submitted = async (event: SyntheticEvent) => {
    event.preventDefault();
    const isDone = await done(given, start);
    // What failed is still in the form, to be mended.
    // Once it is back, the previous version is the one that was left: nobody is offered that by default.
    if (isDone) set({ expect: "", ifWorse: "", message: "", to: "", flag: "", service: "" });
    onDone();
  };
  return (
    <form className="v-form v-act" onSubmit={submitted} aria-label="Take action">
      <Choice
        label="Action"
        value={given.act}
        of={ACT_NAMES.map((act) => [act, ACTS[act].label])}
        onPick={(act) => set({ act })}
      />
      {given.act === "flag" ? (
        <label className="v-wide">
          flag{" "}
          <select
            required
            value={given.flag}
            onChange={(event) => set({ flag: event.currentTarget.value })}
          >
            <option value="">choose</option>
            {flags.flatMap(({ service, name, enabled }) =>
              ["off", "on"]
                .filter((state) => enabled === null || (state === "on") !== enabled)
                .map((state) => (
                  <option key={`${name} ${state}`} value={`${name} ${state}`}>
                    {service}: {name} to {state}
                  </option>
                )),
            )}
          </select>
        </label>
      ) : (
        <label>
          service{" "}
          <select
            required
            value={given.service}
            onChange={(event) => set({ service: event.currentTarget.value, to: "" })}
          >
            <option value="">choose</option>
            {services.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      {given.act === "rollback" && (
        <label>
          to version{" "}
          <select value={given.to} onChange={(event) => set({ to: event.currentTarget.value })}>
            <option value="">the previous version</option>
            {(versions.get(given.service) ?? []).map((version) => (
              <option key={version}>{version}</option>
            ))}
          </select>
        </label>
      )}
      {given.act === "deploy" && (
        <label className="v-wide">
          message{" "}
          <input
            value={given.message}
            maxLength={2000}
            placeholder="What changed, and why"
            onInput={(event) => set({ message: event.currentTarget.value })}
          />
        </label>
      )}
      <fieldset className="v-wide" disabled={given.noPlan}>
        <legend>What do you expect?</legend>
        <label className="v-wide">
          expectation{" "}
          <input
            value={given.expect}
            placeholder={"errors < 5%, p95 below 500 ms, or a sentence"}
            onInput={(event) => set({ expect: event.currentTarget.value })}
          />
        </label>
        <label>
          probability, %{" "}
          <input
            type="number"
            min="0"
            max="100"
            value={given.probability}
            onInput={(event) => set({ probability: event.currentTarget.value })}
          />
        </label>
        <label>
          within, s{" "}
          <input
            type="number"
            min="1"
            value={given.within}
            onInput={(event) => set({ within: event.currentTarget.value })}
          />
        </label>
        <label className="v-wide">
          if it gets worse{" "}
          <input
            value={given.ifWorse}
            placeholder="How to back out"
            onInput={(event) => set({ ifWorse: event.currentTarget.value })}
          />
        </label>
      </fieldset>
      <label className="v-check v-wide">
        <input
          type="checkbox"
          checked={given.noPlan}
          onChange={(event) => set({ noPlan: event.currentTarget.checked })}
        />{" "}
        Act without a plan (this is recorded)
      </label>
      <button type="submit" className="button primary v-wide" disabled={isBusy || !wordsOf(given)}>
        {isBusy ? `${run?.title} …` : wordsOf(given) || ACTS[given.act].label}
      </button>
      <Progress run={run} />
    </form>
  );
}
