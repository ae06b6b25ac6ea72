// A long operation as people watch it: what it says while it runs, and how it ended.

import { ErrorNote, api, html, useState } from "../lib.js";

/** `start(path, body)` runs it and returns whether it succeeded; `run` is what it has come to. */
export function useRun() {
  const [run, setRun] = useState(null);
  const start = async (path, body, title) => {
    const said = [];
    const show = (state, error = null) => setRun({ state, title, said: [...said], error });
    show("running");
    try {
      await api.run(path, body, (text) => {
        said.push(text);
        show("running");
      });
      show("done");
      return true;
    } catch (error) {
      show("failed", error);
      return false;
    }
  };
  return { run, isBusy: run?.state === "running", start };
}

export function Progress({ run }) {
  if (!run) return null;
  return html`<div class="v-progress v-wide" role="status">
    <ol>${run.said.map((text, index) => html`<li key=${index}>${text}</li>`)}</ol>
    ${run.state === "done" && html`<p class="v-good">✓ ${run.title}: done</p>`}
    ${run.state === "failed" && html`<${ErrorNote} error=${run.error} />`}
  </div>`;
}
