// The few inputs that the forms of a team are made of.

import { Field, html } from "../lib.js";

export const words = (id) => id.replaceAll("-", " ").replaceAll("_", " ");

/** One of a list of words; `none` is what an empty choice is called, where it may be empty. */
export function Pick({ label, value, of, onPick, none, required, hint }) {
  return html`<${Field} label=${label} hint=${hint}>
    <select value=${value} required=${required} onChange=${(event) => onPick(event.target.value)}>
      ${none !== undefined && html`<option value="">${none}</option>`}
      ${(of || []).map((one) => html`<option key=${one} value=${one}>${words(one)}</option>`)}
    </select><//>`;
}

export function Lines({ label, value, onText, hint, rows = 3, required }) {
  return html`<${Field} label=${label} hint=${hint}>
    <textarea rows=${rows} required=${required} value=${value} onInput=${(event) => onText(event.target.value)}></textarea><//>`;
}

/** A whole percentage, by hand or by sliding. */
export function Percent({ label, value, onNumber }) {
  const change = (event) => onNumber(Math.min(100, Math.max(0, Math.round(Number(event.target.value)) || 0)));
  return html`<div class="slider">
    <input type="range" min="0" max="100" value=${value} aria-label=${label} onInput=${change} />
    <span class="percent"><input type="number" min="0" max="100" value=${value} aria-label=${`${label}, in percent`} onInput=${change} /> %</span>
  </div>`;
}
