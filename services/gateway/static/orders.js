// A customer's newest orders, each with a summary on request.

import { get } from "./api.js";
import { CustomerForm, CustomerLine } from "./customer.js";
import { html, useCallback, useState } from "./html.js";
import { Failure, Lines, Loading, Money, Notice, Title, statusWords } from "./parts.js";
import { useResource } from "./resource.js";
import { useCustomer } from "./stores.js";

const NOT_THERE = 404;

export function Orders() {
  const customer = useCustomer();
  return html`<${Title}>Your orders<//>
    ${customer === null
      ? html`<${CustomerForm} why="Tell us who you are, and we look your orders up." />`
      : html`<${CustomerLine} /><${History} customer=${customer} />`}`;
}

function History({ customer }) {
  const load = useCallback((signal) => get(`/api/history?user_id=${customer}`, signal), [customer]);
  const { state, data, problem, retry } = useResource(load);
  if (state === "loading") return html`<${Loading} what="your orders" />`;
  if (state === "failed") {
    return html`<${Failure} problem=${problem} what="your orders" retry=${retry} />`;
  }
  const orders = data.users[0]?.orders ?? [];
  if (orders.length === 0) {
    return html`<p className="note">No orders yet. <a href="#/">Have a look around.</a></p>`;
  }
  return html`<ul className="orders">
    ${orders.map((order) => html`<${PastOrder} key=${order.order_id} order=${order} />`)}
  </ul>`;
}

function PastOrder({ order }) {
  const [isSummed, setSummed] = useState(false);
  const day = new Date(order.placed_at).toLocaleDateString("en-IE", { dateStyle: "long" });
  return html`<li className="panel">
    <h2>Order ${order.order_id}</h2>
    <p className="quiet">
      ${day} · ${statusWords(order)} · <${Money} amount=${order.total} currency=${order.currency} />
    </p>
    <details><summary>Articles</summary><${Lines} order=${order} /></details>
    <p className="row">
      <a href=${`#/track/${order.order_id}`}
        aria-label=${`Track order ${order.order_id}`}>Track it</a>
      ${!isSummed &&
      html`<button type="button" className="link" onClick=${() => setSummed(true)}
        aria-label=${`Summarise order ${order.order_id}`}>Summarise</button>`}
    </p>
    ${isSummed && html`<${Summary} id=${order.order_id} />`}
  </li>`;
}

function Summary({ id }) {
  const load = useCallback((signal) => get(`/api/summary/${id}`, signal), [id]);
  const { state, data, problem, retry } = useResource(load);
  if (state === "loading") return html`<${Loading} what="the summary" />`;
  if (state === "failed" && problem.status === NOT_THERE) {
    return html`<${Notice}>Summaries are not available yet.<//>`;
  }
  if (state === "failed") {
    return html`<${Failure} problem=${problem} what="the summary" retry=${retry} />`;
  }
  if (!data.summary) {
    return html`<div className="note" role="status">
      <p>The summary is being written.</p>
      <button type="button" onClick=${retry}>Look again</button>
    </div>`;
  }
  return html`<p className="note" role="status">${data.summary}</p>`;
}
