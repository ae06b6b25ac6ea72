// What several pages show.

import { html, useEffect, useRef } from "./html.js";
import { Picture } from "./pictures.js";
import { addToBasket } from "./stores.js";
import { withTax } from "./tax.js";

export function Money({ amount, currency = "EUR" }) {
  const format = new Intl.NumberFormat("en-IE", { style: "currency", currency });
  return html`<span className="money">${amount == null ? "–" : format.format(amount)}</span>`;
}

// The heading of a page takes the focus when the page opens, so that a screen reader begins there.
export function Title({ children }) {
  const heading = useRef(null);
  useEffect(() => heading.current.focus({ preventScroll: true }), []);
  return html`<h1 tabIndex="-1" ref=${heading}>${children}</h1>`;
}

export function Loading({ what }) {
  return html`<p className="note loading" role="status">Loading ${what}…</p>`;
}

// `retry` is offered only where trying again can help.
export function Failure({ problem, what, retry }) {
  const words = problem.isOurs
    ? `We cannot show ${what} at the moment. We know, and are working on it.`
    : problem.detail || problem.message;
  return html`<div className="note failure" role="alert">
    <p>${words}</p>
    ${problem.isOurs && html`<button type="button" onClick=${retry}>Try again</button>`}
  </div>`;
}

export function Notice({ children }) {
  return html`<p className="note degraded" role="status">${children}</p>`;
}

export function ProductCard({ product }) {
  const { sku, name, net_price } = product;
  return html`<li className="card">
    <${Picture} name=${name} />
    <h3><a href=${`#/product/${sku}`}>${name}</a></h3>
    <p className="quiet"><${Money} amount=${withTax(net_price)} /></p>
    <button type="button" onClick=${() => addToBasket(sku)}
      aria-label=${`Add to basket: ${name}`}>Add to basket</button>
  </li>`;
}

const PAYMENTS = {
  captured: "Paid",
  pending: "Payment on its way",
  declined: "Payment declined",
  failed: "Payment not completed",
  none: "Not paid yet",
};
const STATUSES = { placed: "In progress", paid: "Paid", failed: "Payment not completed" };

export function statusWords(order) {
  return PAYMENTS[order.payment?.state] ?? STATUSES[order.status] ?? "In progress";
}

export function Lines({ order }) {
  return html`<table>
    <caption className="hidden">Articles of order ${order.order_id}</caption>
    <thead>
      <tr><th scope="col">Article</th><th scope="col">Units</th><th scope="col">Price</th></tr>
    </thead>
    <tbody>
      ${order.lines.map(
        (line) => html`<tr key=${line.sku}>
          <td>${line.name}</td><td>${line.quantity}</td>
          <td><${Money} amount=${line.gross} currency=${order.currency} /></td>
        </tr>`,
      )}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">Total, with tax</th><td></td>
        <td><${Money} amount=${order.total} currency=${order.currency} /></td>
      </tr>
    </tfoot>
  </table>`;
}
