// Pieces of evidence: what was picked up anywhere, and the links that a hypothesis stands on.

import { Button, Card, Empty, attachEvidence, html, useEvidence, useState } from "../lib.js";
import { dated } from "../logic/promql.js";
import { href } from "./kit.js";

/** Where a link of evidence can be looked at; null where the console has no page for it. */
export function placeOf(link) {
  const colon = link.indexOf(":");
  const kind = link.slice(0, colon);
  const target = link.slice(colon + 1);
  if (kind === "trace") return href("traces", { trace: target });
  if (kind === "commit") return href("changes");
  if (kind === "log") return href("logs");
  if (kind === "alert") return href("timeline");
  return kind === "promql" ? href("dashboards") : null;
}

/** Links as chips that can be looked at, and taken away where `onRemove` is given. */
export function Links({ links, label, onRemove }) {
  if (!links.length) return null;
  return html`<div class="chips" aria-label=${label}>${links.map((link) => html`<span class="chip mono" key=${link}>
    ${placeOf(link) ? html`<a href=${placeOf(link)}>${link}</a>` : link}
    ${onRemove && html`<button type="button" onClick=${() => onRemove(link)} aria-label=${`Remove ${link}`}>✕</button>`}
  </span>`)}</div>`;
}

/** What was picked up, ready to be laid for or against a hypothesis. */
export function Basket({ hypotheses, onLay }) {
  const [pieces, drop] = useEvidence();
  const [typed, setTyped] = useState("");
  return html`<${Card} title="Collected evidence" className="span12" id="basket">
    ${!pieces.length && html`<${Empty}>Nothing collected yet. Use “Attach” next to a panel, trace, log line, commit or page.<//>`}
    <ul class="plain">${pieces.map((one) => html`<${Piece} key=${one.link} piece=${one} hypotheses=${hypotheses} drop=${drop} onLay=${onLay} />`)}</ul>
    <form class="slider" onSubmit=${(event) => { event.preventDefault(); attachEvidence(dated(typed.trim(), Date.now())); setTyped(""); }}>
      <input aria-label="Evidence link" placeholder="trace:… log:… commit:… alert:… promql:… @07:34..07:37, or words" required value=${typed} onInput=${(event) => setTyped(event.target.value)} />
      <${Button} type="submit">Collect<//>
    </form>
  <//>`;
}

function Piece({ piece, hypotheses, drop, onLay }) {
  const [target, setTarget] = useState("");
  const chosen = hypotheses.some((one) => one.id === target) ? target : hypotheses[0]?.id || "";
  const lay = (side) => { onLay(chosen, side, piece.link); drop(piece.link); };
  return html`<li class="piece"><div><a class="mono" href=${placeOf(piece.link)}>${piece.link}</a>${piece.note && html`<div class="muted">${piece.note}</div>`}</div>
    <div class="actions">
      <select aria-label=${`Hypothesis for ${piece.link}`} value=${chosen} onChange=${(event) => setTarget(event.target.value)}>${hypotheses.map((one) => html`<option key=${one.id} value=${one.id}>${one.id} ${one.text.slice(0, 40)}</option>`)}</select>
      <${Button} disabled=${!chosen} onClick=${() => lay("for")}>For<//>
      <${Button} disabled=${!chosen} onClick=${() => lay("against")}>Against<//>
      <${Button} kind="quiet" onClick=${() => drop(piece.link)} aria-label=${`Drop ${piece.link}`}>✕<//>
    </div></li>`;
}
