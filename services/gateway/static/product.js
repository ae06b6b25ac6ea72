// One article, with the price that this customer would pay for it now.

import { post } from "./api.js";
import { findProduct } from "./catalogue.js";
import { html, useCallback } from "./html.js";
import { Failure, Loading, Money, Notice, Title } from "./parts.js";
import { Picture } from "./pictures.js";
import { useResource } from "./resource.js";
import { addToBasket, useCustomer } from "./stores.js";
import { totalWithTax, withTax } from "./tax.js";

const ANYBODY = 1; // prices are the same for everybody; a basket wants some customer

export function Product({ id: sku }) {
  const load = useCallback(() => findProduct(sku), [sku]);
  const { state, data: product, problem, retry } = useResource(load);
  if (state === "loading") return html`<${Title}>Article<//><${Loading} what="the article" />`;
  if (state === "failed") {
    return html`<${Title}>Article<//>
      <${Failure} problem=${problem} what="this article" retry=${retry} />`;
  }
  if (product === null) {
    return html`<${Title}>We do not have that<//>
      <p>There is no article ${sku}. <a href="#/">See everything we make.</a></p>`;
  }
  return html`<article className="product">
    <${Picture} name=${product.name} isLarge=${true} />
    <div>
      <${Title}>${product.name}<//>
      <p className="quiet">${product.category} · ${sku}</p>
      <${Price} product=${product} />
      <button type="button" className="main" onClick=${() => addToBasket(sku)}>
        Add to basket
      </button>
    </div>
  </article>`;
}

function Price({ product }) {
  const customer = useCustomer() ?? ANYBODY;
  const load = useCallback(
    (signal) => {
      const lines = [{ sku: product.sku, quantity: 1 }];
      return post("/api/basket", { user_id: customer, lines }, {}, signal);
    },
    [product.sku, customer],
  );
  const { state, data, problem } = useResource(load);
  if (state === "loading") return html`<${Loading} what="today's price" />`;
  if (state === "failed" && problem.status === 409) {
    return html`<${Notice}>Not available at the moment.<//>`;
  }
  if (state === "failed") {
    return html`<p className="price"><${Money} amount=${withTax(product.net_price)} /> with tax</p>
      <${Notice}>This is the list price. Offers are worked out again in a moment.<//>`;
  }
  const { currency, lines } = data;
  const [line] = lines;
  return html`<p className="price">
      <${Money} amount=${totalWithTax(lines)} currency=${currency} /> with tax
      ${Number(line.discount) > 0 &&
      html` <s className="quiet">
        <${Money} amount=${withTax(line.net_unit_price)} currency=${currency} /></s>`}
    </p>
    ${data.delivery?.days != null &&
    html`<p className="quiet">With you in ${data.delivery.days} days, free of charge</p>`}`;
}
