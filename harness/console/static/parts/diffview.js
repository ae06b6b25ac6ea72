// A unified diff as tables of lines, one for each file.

import { html } from "../lib.js";
import { files } from "../logic/diff.js";

const SIGNS = { added: "+", removed: "−", same: "", hunk: "", meta: "" };

export function DiffView({ text }) {
  const found = files(text);
  if (!found.length) return html`<p class="muted">No files differ.</p>`;
  return html`<div>${found.map((file) => html`<details key=${file.path} open class="v-file">
    <summary><span class="mono">${file.path}</span> <span class="v-good">+${file.added}</span> <span class="v-bad">−${file.removed}</span></summary>
    <div class="scroll" tabIndex="0"><table class="v-diff"><tbody>${file.lines.map((line, index) => html`<tr key=${index} class=${`v-diff-${line.kind}`}>
      <td>${line.before ?? ""}</td><td>${line.after ?? ""}</td><td aria-hidden="true">${SIGNS[line.kind]}</td>
      <td><code>${line.text || " "}</code></td></tr>`)}</tbody></table></div>
  </details>`)}</div>`;
}
