// Changes: what was deployed and when, what it changed, and the ways to change it back.

import { Badge, Empty, ErrorNote, Loading, attachEvidence, html, useLive, useMemo, usePoll, useState, useStream } from "../lib.js";
import { ago, clock, dateTime } from "../logic/format.js";
import { ActForm } from "../parts/actform.js";
import { laneOf } from "../parts/colors.js";
import { DiffView } from "../parts/diffview.js";
import { go, href, useParams, useServices } from "../parts/kit.js";

const EVERY_MS = 4000;
const HALF_A_DAY_MS = 43_200_000;
const OUTCOMES = { succeeded: ["good", "✓"], failed: ["bad", "✕"] };

/** Versions that served, by service, the newest first. */
function versionsOf(log) {
  const found = new Map();
  for (const entry of [...log].reverse()) {
    const known = found.get(entry.service) ?? [];
    for (const version of [entry.version_to, entry.version_from]) {
      if (version && !known.includes(version) && entry.outcome !== "failed") known.push(version);
    }
    found.set(entry.service, known);
  }
  return found;
}

export default function Changes() {
  const params = useParams();
  const { status } = useLive();
  const services = useServices();
  const log = usePoll("/v1/deploys", EVERY_MS);
  const flags = usePoll("/v1/flags");
  // Asked of the services themselves, so only when something may have changed them.
  useStream(["flag.switched", "deploy.succeeded", "deploy.failed"], flags.again);
  const versions = useMemo(() => versionsOf(log.data ?? []), [log.data]);
  const [isOpen, setOpen] = useState(true);
  if (log.error && !log.data) return html`<${ErrorNote} error=${log.error} />`;
  if (!log.data) return html`<${Loading} />`;
  const shown = [...log.data].reverse().filter((entry) => !params.service || entry.service === params.service);
  const chosen = log.data.find((entry) => entry.deploy_id === params.deploy);
  return html`<div class=${`v-page v-split ${chosen ? "v-has-one" : ""}`}>
    <aside class="v-list" aria-label="Deploys">
      <div class="v-bar"><label class="v-field">service <select value=${params.service ?? ""} onChange=${(event) => go("changes", { ...params, service: event.target.value })}><option value="">all</option>${services.map((name) => html`<option key=${name}>${name}</option>`)}</select></label></div>
      ${shown.length === 0 && html`<${Empty}>No deploys.<//>`}
      <ol class="v-found">${shown.map((entry) => html`<${Entry} key=${entry.deploy_id} entry=${entry} params=${params} />`)}</ol>
    </aside>
    <div class="v-main">
      ${chosen ? html`<${Change} key=${chosen.deploy_id} entry=${chosen} />` : html`<${Empty}>Select a deploy to see its notes and diff.<//>`}
      <details class="card" open=${isOpen} onToggle=${(event) => setOpen(event.currentTarget.open)}><summary>Take action</summary>
        <${ActForm} services=${services} versions=${versions} flags=${flags.data ?? []} drillId=${status.drill_id} onDone=${log.again} /></details>
      <${Flags} flags=${flags.data ?? []} error=${flags.error} />
    </div>
  </div>`;
}

/** Switches that act at once, without a release. */
function Flags({ flags, error }) {
  if (!flags.length && !error) return null;
  return html`<section class="card" aria-label="Feature flags"><h2>Feature flags</h2>
    ${error && html`<${ErrorNote} error=${error} />`}
    <ul class="plain">${flags.map((one) => html`<li class="piece" key=${one.name}><div><i class="v-dot" style=${{ background: laneOf(one.service) }}></i><b>${one.service}</b> ${one.name}</div>
      <${Badge} kind=${one.enabled === null ? "warn" : one.enabled ? "good" : "quiet"}>${one.enabled === null ? "no answer" : one.enabled ? "on" : "off"}<//></li>`)}</ul></section>`;
}

function Entry({ entry, params }) {
  const [tone, sign] = OUTCOMES[entry.outcome] ?? ["muted", "…"];
  const at = Date.parse(entry.at);
  return html`<li><a href=${href("changes", { ...params, deploy: entry.deploy_id })} aria-current=${entry.deploy_id === params.deploy ? "true" : undefined}>
    <span class="mono muted" title=${dateTime(at)}>${Date.now() - at < HALF_A_DAY_MS ? clock(at) : dateTime(at).slice(5, 16)}</span>
    <span class="v-found-name"><i class="v-dot" style=${{ background: laneOf(entry.service) }}></i><b>${entry.service}</b> ${entry.kind === "restart" ? "restart" : `${entry.version_from || "–"} → ${entry.version_to}`}</span>
    <span class=${`v-${tone}`} title=${entry.outcome}>${sign}</span>
    <span class="v-found-more">${entry.outcome} · ${entry.kind} · ${entry.by} · ${ago(at, Date.now())}</span>
    <span class="v-found-more v-text">${entry.summary}</span>
    ${entry.error && html`<span class="v-found-more v-bad">${entry.error}</span>`}
  </a></li>`;
}

function Change({ entry }) {
  const isRestart = entry.kind === "restart" || !entry.version_from || entry.version_from === entry.version_to;
  const params = { service: entry.service, version_from: entry.version_from, version_to: entry.version_to };
  const { data, error } = usePoll(isRestart ? null : "/v1/diff", 0, params);
  return html`<article class="card">
    <header class="v-bar"><h2>${entry.service} ${isRestart ? entry.kind : `${entry.version_from} → ${entry.version_to}`}</h2><span class="v-push"></span>
      ${entry.commit && html`<button type="button" class="button" onClick=${() => attachEvidence(`commit:${entry.commit.slice(0, 40)}`, `${entry.service} ${entry.version_to}`)}>Attach</button>`}
      <a class="button v-narrow" href=${href("changes")}>All deploys</a>
      <a class="button" href=${href("dashboards", { uid: "service", service: entry.service, begin: Math.floor(Date.parse(entry.at) / 1000) - 150, end: Math.floor(Date.parse(entry.at) / 1000) + 150 })}>Metrics around this deploy</a></header>
    ${isRestart && html`<p class="muted">The version did not change.</p>`}
    ${error && html`<${ErrorNote} error=${error} />`}
    ${!isRestart && !data && !error && html`<${Loading} />`}
    ${data && html`<pre class="v-pre v-notes">${data.notes.trim()}</pre><${DiffView} text=${data.diff} />`}
  </article>`;
}
