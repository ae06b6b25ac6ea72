// Rolling back, deploying, restarting, switching: said beforehand what is expected, then watched.

import { html, useDraft } from "../lib.js";
import { Progress, useRun } from "./run.js";

const ACTS = {
  rollback: { path: "/v1/rollbacks", label: "Roll back", doing: "Rolling back" },
  deploy: { path: "/v1/deploys", label: "Deploy workspace", doing: "Deploying" },
  restart: { path: "/v1/restarts", label: "Restart", doing: "Restarting" },
  flag: { path: "/v1/flags", label: "Switch a flag", doing: "Switching" },
};
const EMPTY = { act: "rollback", service: "", flag: "", to: "", message: "", expect: "", probability: "80", within: "120", ifWorse: "", noPlan: false };

function bodyOf({ act, service, flag, to, message, expect, probability, within, ifWorse, noPlan }) {
  const plan = noPlan || !(expect || ifWorse) ? { no_plan: noPlan } : {
    expect,
    probability: probability === "" ? null : Number(probability),
    within_s: Number(within) || 120,
    if_worse: ifWorse,
  };
  if (act === "flag") {
    const [name, state] = flag.split(" ");
    return { name, enabled: state === "on", ...plan };
  }
  return { service, ...plan, ...(act === "rollback" && to && { to }), ...(act === "deploy" && message && { message }) };
}

/** What the button does, in words. */
function wordsOf({ act, service, flag }) {
  return act === "flag" ? flag && `Switch ${flag.replace(" ", " to ")}` : service && `${ACTS[act].label} ${service}`;
}

/**
 * `versions` are those that ran before, by service: what one can go back to. `flags` as
 * `{service, name, enabled}`, where `enabled` is null when its service does not say.
 */
export function ActForm({ services, versions, flags, drillId, onDone }) {
  const [draft, setDraft] = useDraft(`act ${drillId}`, EMPTY);
  const { run, isBusy, start } = useRun();
  const given = { ...EMPTY, ...draft };
  const set = (changes) => setDraft((before) => ({ ...EMPTY, ...before, ...changes }));
  const submitted = async (event) => {
    event.preventDefault();
    const isDone = await start(ACTS[given.act].path, bodyOf(given), `${ACTS[given.act].doing} ${given.act === "flag" ? given.flag : given.service}`);
    // What failed is still in the form, to be mended.
    if (isDone) set({ expect: "", ifWorse: "", message: "", to: "", flag: "" });
    onDone();
  };
  return html`<form class="v-form v-act" onSubmit=${submitted} aria-label="Take action">
    <div class="v-tabs" role="group" aria-label="Action">${Object.entries(ACTS).map(([act, { label }]) => html`<button key=${act} type="button" aria-pressed=${given.act === act} onClick=${() => set({ act })}>${label}</button>`)}</div>
    ${given.act === "flag" ? html`<label class="v-wide">flag <select required value=${given.flag} onChange=${(event) => set({ flag: event.target.value })}><option value="">choose</option>
      ${flags.flatMap(({ service, name, enabled }) => ["off", "on"].filter((state) => enabled === null || (state === "on") !== enabled).map((state) => html`<option key=${`${name} ${state}`} value=${`${name} ${state}`}>${service}: ${name} to ${state}</option>`))}</select></label>`
    : html`<label>service <select required value=${given.service} onChange=${(event) => set({ service: event.target.value, to: "" })}><option value="">choose</option>${services.map((name) => html`<option key=${name}>${name}</option>`)}</select></label>`}
    ${given.act === "rollback" && html`<label>to version <select value=${given.to} onChange=${(event) => set({ to: event.target.value })}><option value="">the previous version</option>${(versions.get(given.service) ?? []).map((version) => html`<option key=${version}>${version}</option>`)}</select></label>`}
    ${given.act === "deploy" && html`<label class="v-wide">message <input value=${given.message} maxlength="2000" placeholder="What changed, and why" onInput=${(event) => set({ message: event.target.value })} /></label>`}
    <fieldset class="v-wide" disabled=${given.noPlan}><legend>What do you expect?</legend>
      <label class="v-wide">expectation <input value=${given.expect} placeholder="errors < 5%, p95 below 500 ms, or a sentence" onInput=${(event) => set({ expect: event.target.value })} /></label>
      <label>probability, % <input type="number" min="0" max="100" value=${given.probability} onInput=${(event) => set({ probability: event.target.value })} /></label>
      <label>within, s <input type="number" min="1" value=${given.within} onInput=${(event) => set({ within: event.target.value })} /></label>
      <label class="v-wide">if it gets worse <input value=${given.ifWorse} placeholder="How to back out" onInput=${(event) => set({ ifWorse: event.target.value })} /></label>
    </fieldset>
    <label class="v-check v-wide"><input type="checkbox" checked=${given.noPlan} onChange=${(event) => set({ noPlan: event.target.checked })} /> Act without a plan (this is recorded)</label>
    <button type="submit" class="button primary v-wide" disabled=${isBusy || !wordsOf(given)}>${isBusy ? `${run.title} …` : wordsOf(given) || ACTS[given.act].label}</button>
    <${Progress} run=${run} />
  </form>`;
}
