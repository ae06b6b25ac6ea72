// The basket: priced by the shop at every change, and ordered from here.

import { Problem, post } from "./api.js";
import { loadCatalogue } from "./catalogue.js";
import { CustomerForm, CustomerLine } from "./customer.js";
import { html, useCallback, useState } from "./html.js";
import { Failure, Loading, Money, Notice, Title } from "./parts.js";
import { useResource } from "./resource.js";
import {
  checkoutKey, emptyBasket, forgetCheckoutKey, setQuantity, useBasket, useCustomer,
} from "./stores.js";
import { totalWithTax, withTax } from "./tax.js";

const DECLINED = 402;

export function Basket() {
  const lines = useBasket();
  const customer = useCustomer();
  const [placed, setPlaced] = useState(null);
  if (placed) return html`<${Placed} order=${placed} />`;
  if (lines.length === 0) {
    return html`<${Title}>Your basket<//>
      <p className="note">It is empty. <a href="#/">Have a look around.</a></p>`;
  }
  return html`<${Title}>Your basket<//>
    <${BasketLines} lines=${lines} />
    ${customer === null
      ? html`<${CustomerForm} why="Tell us who you are, and we work out your price." />`
      : html`<${CustomerLine} />
          <${Checkout} lines=${lines} customer=${customer} onPlaced=${setPlaced} />`}`;
}

function BasketLines({ lines }) {
  const { data: catalogue } = useResource(loadCatalogue);
  const names = new Map(catalogue?.products.map((product) => [product.sku, product.name]));
  return html`<ul className="lines">
    ${lines.map(({ sku, quantity }) => {
      const name = names.get(sku) ?? sku;
      const change = (event) => setQuantity(sku, Number.parseInt(event.target.value, 10) || 1);
      return html`<li key=${sku}>
        <a href=${`#/product/${sku}`}>${name}</a>
        <label className="hidden" htmlFor=${`units-${sku}`}>Units of ${name}</label>
        <input id=${`units-${sku}`} type="number" min="1" max="1000" value=${quantity}
          onChange=${change} />
        <button type="button" className="link" onClick=${() => setQuantity(sku, 0)}
          aria-label=${`Remove ${name}`}>Remove</button>
      </li>`;
    })}
  </ul>`;
}

function Checkout({ lines, customer, onPlaced }) {
  const load = useCallback(
    (signal) => post("/api/basket", { user_id: customer, lines }, {}, signal),
    [lines, customer],
  );
  const priced = useResource(load);
  const [attempt, setAttempt] = useState({ state: "idle" });
  const order = async () => {
    setAttempt({ state: "working" });
    try {
      const wanted = { user_id: customer, lines };
      const headers = { "Idempotency-Key": checkoutKey(wanted) };
      const answer = await post("/api/checkout", wanted, headers);
      emptyBasket();
      onPlaced(answer);
    } catch (problem) {
      // Only a declined payment is final for its key. After anything else the order may yet be
      // placed, and the key must stay.
      if (problem instanceof Problem && problem.status === DECLINED) forgetCheckoutKey();
      setAttempt({ state: "failed", problem });
    }
  };
  const isWorking = attempt.state === "working";
  return html`<section className="panel" aria-labelledby="total">
    <h2 id="total">Total</h2>
    <${Total} priced=${priced} />
    <button type="button" className="main" disabled=${isWorking} onClick=${order}>
      ${isWorking ? "Placing your order…" : "Order and pay"}
    </button>
    <p className="quiet" role="status">${isWorking ? "This can take up to ten seconds." : ""}</p>
    ${attempt.state === "failed" && html`<${NotPlaced} problem=${attempt.problem} />`}
  </section>`;
}

function Total({ priced: { state, data, problem, retry } }) {
  if (state === "loading") return html`<${Loading} what="your price" />`;
  if (state === "failed" && problem.isOurs) {
    return html`<${Notice}>
      We cannot work the price out at the moment.
      You can order: the price you pay is on the invoice.
    <//>`;
  }
  if (state === "failed") {
    return html`<${Failure} problem=${problem} what="your price" retry=${retry} />`;
  }
  const { lines, discount, currency } = data;
  const total = totalWithTax(lines);
  return html`<p className="price"><${Money} amount=${total} currency=${currency} /> with tax</p>
    ${Number(discount) > 0 &&
    html`<p className="quiet">
      You save <${Money} amount=${withTax(discount)} currency=${currency} />
    </p>`}`;
}

function NotPlaced({ problem }) {
  const words = problem.isOurs
    ? "We could not finish your order. " +
      "Press the button again: it will be placed and charged only once."
    : `${problem.message}. ${problem.detail}`;
  return html`<p className="note failure" role="alert">${words}</p>`;
}

function Placed({ order }) {
  return html`<${Title}>Thank you<//>
    <p role="status">
      Order ${order.order_id} is placed:${" "}
      <${Money} amount=${order.total} currency=${order.currency} />, with tax.
    </p>
    <p>
      <a href=${`#/track/${order.order_id}`}>Follow it</a> or${" "}
      <a href="#/">go on looking around</a>.
    </p>`;
}
