// What the team believes, in percent that sum to 100, with what speaks for and against.

import { Button, Card, Empty, ErrorNote, api, html, useAct, useEffect, useLive, useMemo, useRef } from "../lib.js";
import { clock } from "../logic/format.js";
import { freshId, mergedHypotheses } from "../logic/merge.js";
import { rebalanced, scaled } from "../logic/percents.js";
import { Links } from "./evidence.js";
import { Percent, Pick } from "./inputs.js";
import { Clash, useNewest, useShared } from "./shared.js";

const NONE = { list: [], reason: "" };

function readRevision(data) {
  return {
    reason: "",
    list: data.hypotheses.map((one) => ({
      id: one.id, text: one.text, probability: one.probability_percent, service: one.service, mechanism: one.mechanism,
      for: [...one.evidence_for], against: [...one.evidence_against],
    })),
  };
}

const merge = (base, mine, theirs) => ({ reason: mine.reason, list: mergedHypotheses(base.list, mine.list, theirs.list) });

/** The hypotheses as they are being written: `list`, and what can be done to it. */
export function useHypotheses() {
  const newest = useNewest("hypotheses.revised");
  const form = useShared("hypotheses", newest, readRevision, NONE);
  const change = (edit) => form.set((before) => ({ ...before, list: edit(before.list) }));
  return {
    form, newest, list: form.value.list,
    put: (id, fields) => change((list) => list.map((one) => (one.id === id ? { ...one, ...fields } : one))),
    slide: (index, wanted) => change((list) => {
      const shares = rebalanced(list.map((one) => one.probability), index, wanted);
      return list.map((one, at) => ({ ...one, probability: shares[at] }));
    }),
    add: () => change((list) => {
      const kept = scaled(list.map((one) => one.probability), list.length ? 90 : 0);
      const grown = list.map((one, at) => ({ ...one, probability: kept[at] }));
      const id = freshId(list.map((one) => one.id));
      return [...grown, { id, text: "", probability: list.length ? 10 : 100, service: "", mechanism: "", for: [], against: [] }];
    }),
    remove: (id) => change((list) => {
      const left = list.filter((one) => one.id !== id);
      const shares = scaled(left.map((one) => one.probability), 100);
      return left.map((one, at) => ({ ...one, probability: shares[at] }));
    }),
    lay: (id, side, link) => change((list) => list.map((one) => (
      one.id === id && !one[side].includes(link) ? { ...one, [side]: [...one[side], link] } : one
    ))),
  };
}

function Hypothesis({ one, index, held, choices }) {
  const take = (side) => (link) => held.put(one.id, { [side]: one[side].filter((other) => other !== link) });
  return html`<li class="hypothesis">
    <div class="slider"><input id=${`hypothesis-${one.id}`} aria-label=${`Hypothesis ${one.id}`} required placeholder="What could explain every symptom?" value=${one.text} onInput=${(event) => held.put(one.id, { text: event.target.value })} />
      <${Button} kind="quiet" onClick=${() => held.remove(one.id)} aria-label=${`Remove ${one.id}`}>Remove<//></div>
    <${Percent} label=${`Probability of ${one.id}`} value=${one.probability} onNumber=${(wanted) => held.slide(index, wanted)} />
    <div class="two"><${Pick} label="Service" none="not specified" value=${one.service} of=${choices.services} onPick=${(service) => held.put(one.id, { service })} />
      <${Pick} label="Mechanism" none="not specified" value=${one.mechanism} of=${choices.mechanisms} onPick=${(mechanism) => held.put(one.id, { mechanism })} /></div>
    ${one.for.length > 0 && html`<div class="muted">evidence for</div>`}<${Links} label="Evidence for" links=${one.for} onRemove=${take("for")} />
    ${one.against.length > 0 && html`<div class="muted">evidence against</div>`}<${Links} label="Evidence against" links=${one.against} onRemove=${take("against")} />
  </li>`;
}

export function Hypotheses({ held, choices }) {
  const { form, list, newest } = held;
  const save = useAct(async (event) => {
    event.preventDefault();
    await form.save((sent) => api.post("/v1/hypotheses", { reason: sent.reason, hypotheses: sent.list }));
  });
  // The address is listened to once, but what is added to is what stands by then.
  const latest = useRef(held);
  latest.current = held;
  useEffect(() => {
    const asked = () => {
      if (!location.hash.endsWith("?new")) return;
      history.replaceState(null, "", "#/diagnosis");
      latest.current.add();
    };
    asked();
    addEventListener("hashchange", asked);
    return () => removeEventListener("hashchange", asked);
  }, []);
  const empty = list.findLast((one) => !one.text)?.id;
  useEffect(() => { if (empty) document.getElementById(`hypothesis-${empty}`)?.focus(); }, [list.length]);
  return html`<${Card} title="Hypotheses" className="span12" id="hypotheses" actions=${html`<span class="muted">${form.isDraft ? "not saved yet" : newest ? `saved ${clock(newest.at)} by ${newest.by}` : ""}</span><${Button} onClick=${held.add}>Add (h)<//>`}>
    <${Clash} shared=${form} merge=${merge}><ul>${(form.clash?.value.list || []).map((one) => html`<li key=${one.id}>${one.probability} % ${one.text}</li>`)}</ul><//>
    ${!list.length && html`<${Empty}>No hypotheses yet. Write down possible causes before you look for proof.<//>`}
    <form onSubmit=${save.run}>
      <ol class="plain">${list.map((one, index) => html`<${Hypothesis} key=${one.id} one=${one} index=${index} held=${held} choices=${choices} />`)}</ol>
      ${form.isDraft && list.length > 0 && html`<label class="field"><span class="label">Reason for the change</span><input value=${form.value.reason} onInput=${(event) => form.set((before) => ({ ...before, reason: event.target.value }))} /></label>`}
      <${ErrorNote} error=${save.error} />
      ${form.isDraft && html`<div class="actions"><${Button} type="submit" kind="primary" busy=${save.busy} disabled=${!list.length || form.clash !== null}>Save revision<//>
        ${newest && html`<${Button} onClick=${form.discard}>Discard changes<//>`}</div>`}
    </form>
  <//>`;
}

/** How the beliefs moved: every revision, the newest first. */
export function Revisions() {
  const { records } = useLive();
  const found = useMemo(() => records.filter((one) => one.type === "hypotheses.revised").reverse(), [records]);
  return html`<${Card} title=${`Revisions (${found.length})`} className="span12" id="revisions">
    ${!found.length && html`<${Empty}>No revisions yet. Each saved revision is listed here with its author.<//>`}
    <ol class="feed">${found.map((one) => html`<li key=${one.id}><time>${clock(one.time)}</time><div>
      <strong>${one.data.by}</strong> ${one.data.reason && html`<span class="muted">${one.data.reason}</span>`}
      ${one.data.hypotheses.map((each) => html`<div class="share" key=${each.id}><meter min="0" max="100" value=${each.probability_percent} aria-label=${`${each.id} in percent`}></meter> <span class="figure">${each.probability_percent} %</span> ${each.text}</div>`)}
    </div></li>`)}</ol>
  <//>`;
}
