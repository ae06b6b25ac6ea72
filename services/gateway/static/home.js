// Home: what we pick for this customer where the feed answers, the assortment where it does not.

import { get } from "./api.js";
import { loadCatalogue } from "./catalogue.js";
import { html, useCallback, useState } from "./html.js";
import { Failure, Loading, Notice, ProductCard, Title } from "./parts.js";
import { useResource } from "./resource.js";
import { useCustomer } from "./stores.js";

const SHOWN = 24;
const NOT_THERE = 404;

// Without a feed (404), or with one that fails, the assortment is shown: a shop that can be bought
// from beats an error.
async function loadHome(customer, signal) {
  const catalogue = await loadCatalogue();
  if (customer === null) return { catalogue, feed: null, isDegraded: false };
  try {
    const feed = await get(`/api/feed?user_id=${customer}`, signal);
    return { catalogue, feed, isDegraded: feed.mode !== "personalised" };
  } catch (problem) {
    if (signal.aborted) throw problem;
    return { catalogue, feed: null, isDegraded: problem.status !== NOT_THERE };
  }
}

export function Home() {
  const customer = useCustomer();
  const load = useCallback((signal) => loadHome(customer, signal), [customer]);
  const { state, data, problem, retry } = useResource(load);
  return html`
    <${Title}>Good things for the house and garden.<//>
    <p className="lead">
      Four hundred articles, made to be used every day and mended when they break. All prices are
      with tax.
    </p>
    ${state === "loading" && html`<${Loading} what="the shop" />`}
    ${state === "failed" && html`<${Failure} problem=${problem} what="the shop" retry=${retry} />`}
    ${state === "ready" && html`<${Shelf} ...${data} />`}
  `;
}

function Shelf({ catalogue, feed, isDegraded }) {
  const picked = pick(catalogue.products, feed);
  return html`
    ${isDegraded &&
    html`<${Notice}>Your own selection is not available right now. Here are our favourites.<//>`}
    ${picked.length > 0 &&
    html`<section aria-labelledby="picked">
      <h2 id="picked">${isDegraded ? "Favourites" : "Picked for you"}</h2>
      <ul className="cards">
        ${picked.map((product) => html`<${ProductCard} key=${product.sku} product=${product} />`)}
      </ul>
    </section>`}
    <${Assortment} products=${catalogue.products} />
  `;
}

// The feed names articles by SKU; what is no longer in the assortment is left out.
function pick(products, feed) {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  return (feed?.items ?? []).map((item) => bySku.get(item.sku)).filter(Boolean);
}

function Assortment({ products }) {
  const [category, setCategory] = useState("");
  const [words, setWords] = useState("");
  const categories = [...new Set(products.map((product) => product.category))].toSorted();
  const wanted = words.trim().toLowerCase();
  const found = products.filter(
    (product) =>
      (!category || product.category === category) && product.name.toLowerCase().includes(wanted),
  );
  return html`<section aria-labelledby="assortment">
    <h2 id="assortment">Everything we make</h2>
    <form className="row" role="search" onSubmit=${(event) => event.preventDefault()}>
      <label>Search
        <input type="search" value=${words} onChange=${(event) => setWords(event.target.value)} />
      </label>
      <label>Room
        <select value=${category} onChange=${(event) => setCategory(event.target.value)}>
          <option value="">All rooms</option>
          ${categories.map((name) => html`<option key=${name}>${name}</option>`)}
        </select>
      </label>
    </form>
    <p className="quiet" role="status">
      ${found.length === 0
        ? "Nothing of that name. Try another word, or another room."
        : `${Math.min(SHOWN, found.length)} of ${found.length} articles`}
    </p>
    <ul className="cards">
      ${found
        .slice(0, SHOWN)
        .map((product) => html`<${ProductCard} key=${product.sku} product=${product} />`)}
    </ul>
  </section>`;
}
