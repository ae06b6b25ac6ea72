// What is the matter, whom it hurts, where, and what changed lately.

import { Badge, Button, Card, Empty, ErrorNote, api, attachEvidence, html, useAct, useLive, useMemo, usePoll } from "../lib.js";
import { clock, milliseconds, money, percent, plain, rate } from "../logic/format.js";
import { ServiceMap } from "../parts/service-map.js";
import { changesOf } from "../logic/changes.js";

function Pages({ pages, alerts }) {
  const acknowledge = useAct((id) => api.post("/v1/pages/ack", id ? { page_id: id } : {}));
  const open = pages.filter((page) => !page.acknowledged_by);
  const since = new Map(alerts.map((alert) => [alert.name, alert]));
  return html`<${Card} title="Pages" className="span12" id="pages" actions=${open.length > 1 && html`<${Button} kind="primary" busy=${acknowledge.busy} onClick=${() => acknowledge.run()}>Acknowledge all<//>`}>
    ${!pages.length && html`<${Empty}>No pages yet. A good time to look around.<//>`}
    ${pages.map((page) => html`<div key=${page.page_id} class=${`note ${page.acknowledged_by ? "" : since.has(page.alert) ? "bad" : "warn"} page-alert`}>
      <div><${Badge} kind=${page.severity === "critical" ? "bad" : "warn"}>${page.severity}<//> <strong>${page.alert}</strong>: ${page.summary}
        <span class="muted"> ${!since.has(page.alert) ? "resolved" : since.get(page.alert).summary === page.summary ? "still firing" : `now: ${since.get(page.alert).summary}`}</span></div>
      <div class="actions">
        <${Button} onClick=${() => attachEvidence(`alert:${page.alert}`, page.summary)}>Attach<//>
        ${page.acknowledged_by
          ? html`<span class="muted">acknowledged by ${page.acknowledged_by}</span>`
          : html`<${Button} kind="primary" busy=${acknowledge.busy} onClick=${() => acknowledge.run(page.page_id)}>Acknowledge<//>`}
      </div>
    </div>`)}
    <${ErrorNote} error=${acknowledge.error} />
  <//>`;
}

function Impact({ impact, samples }) {
  const last = samples[samples.length - 1];
  const before = samples.filter((one) => last && one.at <= last.at - 60000).pop() || samples[0];
  const perMinute = last && before && last.at > before.at
    ? (last.revenue - before.revenue) / ((last.at - before.at) / 60000) : null;
  const budget = impact ? (1 - impact.success_ratio) / 0.005 : null;
  const rows = [
    ["success rate now", percent(impact?.success_ratio)],
    ["users affected", plain(impact?.users_affected, 0)],
    ["revenue lost", money(impact?.revenue_lost, 0)],
    ["lost per minute", money(perMinute, 0)],
    ["error budget burn rate", budget === null ? "–" : `${budget.toFixed(budget < 10 ? 1 : 0)}×`],
  ];
  return html`<${Card} title="Customer impact" className="span12" id="impact">
    <div class="stats">${rows.map(([label, value]) => html`<div class="stat" key=${label}><div class="value">${value}</div><div class="label">${label}</div></div>`)}</div>
  <//>`;
}

function Services({ services }) {
  return html`<div class="scroll" tabIndex="0"><table>
    <thead><tr><th>service</th><th>version</th><th class="num">requests</th><th class="num">errors</th><th class="num">p95</th><th>state</th></tr></thead>
    <tbody>${services.map((one) => html`<tr key=${one.name}>
      <td><strong>${one.name}</strong></td><td class="mono">${one.version || "–"}</td>
      <td class="num">${rate(one.requests_per_s)}</td><td class="num">${percent(one.error_ratio)}</td><td class="num">${milliseconds(one.p95_ms)}</td>
      <td>${one.up === null ? html`<${Badge}>no data<//>` : one.up ? html`<${Badge} kind=${one.error_ratio > 0.05 ? "bad" : "good"}>${one.error_ratio > 0.05 ? "failing" : "up"}<//>` : html`<${Badge} kind="bad">down<//>`}</td>
    </tr>`)}</tbody>
  </table></div>`;
}

export default function Now() {
  const { status, records } = useLive();
  const { data: deploys } = usePoll("/v1/deploys", 5000);
  const samples = useMemo(() => records.filter((one) => one.type === "impact.sampled")
    .map((one) => ({ at: Date.parse(one.time), revenue: one.data.revenue_lost })), [records]);
  const changes = useMemo(() => changesOf(records, deploys || []).slice(-40).reverse(), [records, deploys]);
  return html`<div class="grid">
    <${Pages} pages=${status.pages} alerts=${status.alerts} />
    <${Impact} impact=${status.impact} samples=${samples} />
    <${Card} title="Service map" className="span12" id="map"><${ServiceMap} services=${status.services} /><//>
    <${Card} title="Services" className="span7" id="services"><${Services} services=${status.services} /><//>
    <${Card} title="Recent changes" className="span5 tall" id="changes">
      ${!changes.length && html`<${Empty}>No changes yet.<//>`}
      <ol class="feed">${changes.map((one) => html`<li key=${one.id}><time>${clock(one.time)}</time><div><${Badge} kind=${one.tone}>${one.label}<//> ${one.text}</div></li>`)}</ol>
    <//>
    <p class="muted span12">Next: ${status.next}</p>
  </div>`;
}
