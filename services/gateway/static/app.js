// The frame of the storefront: header, banner, and the page that the address names.

import { get } from "./api.js";
import { Basket } from "./basket.js";
import { Home } from "./home.js";
import { html, mount, useEffect, useState } from "./html.js";
import { Orders } from "./orders.js";
import { Title } from "./parts.js";
import { Product } from "./product.js";
import { useBasket } from "./stores.js";
import { Tracking } from "./tracking.js";

const NEWS_EVERY_MS = 15_000;
const PAGES = {
  "": { page: Home, title: "Home" },
  product: { page: Product, title: "Article" },
  basket: { page: Basket, title: "Basket" },
  orders: { page: Orders, title: "Your orders" },
  track: { page: Tracking, title: "Track an order", flag: "order_lookup" },
};

function address() {
  const [name = "", id = ""] = window.location.hash.replace(/^#\/?/, "").split("/");
  try {
    return { name, id: decodeURIComponent(id) };
  } catch {
    return { name, id: "" }; // a broken escape in an address that somebody typed
  }
}

function useAddress() {
  const [current, setCurrent] = useState(address);
  useEffect(() => {
    const follow = () => setCurrent(address());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return current;
}

// Banner and flags, looked at now and then. What is known stays while the shop does not answer.
function useNews() {
  const [news, setNews] = useState({ banner: null, flags: {} });
  useEffect(() => {
    const leaving = new AbortController();
    const look = async (path) => {
      const answer = await get(path, leaving.signal).catch(() => ({}));
      if (!leaving.signal.aborted) setNews((known) => ({ ...known, ...answer }));
    };
    const lookAtAll = () => ["/api/banner", "/api/flags"].forEach(look);
    lookAtAll();
    const timer = setInterval(lookAtAll, NEWS_EVERY_MS);
    return () => {
      clearInterval(timer);
      leaving.abort();
    };
  }, []);
  return news;
}

function skipToContent(event) {
  event.preventDefault(); // the address stays the page's
  document.getElementById("content").focus();
}

function Shop() {
  const { name, id } = useAddress();
  const { banner, flags } = useNews();
  const known = PAGES[name];
  const entry = known && flags[known.flag] !== false ? known : { page: Lost, title: "Not found" };
  useEffect(() => {
    document.title = `${entry.title} · Ember & Alder`;
  }, [entry.title]);
  return html`
    <a className="skip" href="#content" onClick=${skipToContent}>Skip to the content</a>
    ${banner &&
    html`<div className=${`banner ${banner.level}`} role="alert" aria-label="Notice">
      ${banner.message}
    </div>`}
    <header>
      <a className="name" href="#/">Ember & Alder</a>
      <${Menu} current=${name} flags=${flags} />
    </header>
    <main id="content" tabIndex="-1"><${entry.page} key=${`${name}/${id}`} id=${id} /></main>
    <footer>Free delivery, always. Questions? Write to help@example.com.</footer>
  `;
}

function Menu({ current, flags }) {
  const units = useBasket().reduce((sum, line) => sum + line.quantity, 0);
  const entry = (name, words) =>
    html`<li>
      <a href=${`#/${name}`} aria-current=${current === name ? "page" : undefined}>${words}</a>
    </li>`;
  return html`<nav aria-label="Shop"><ul>
    ${entry("orders", "Orders")}
    ${flags.order_lookup !== false && entry("track", "Track")}
    ${entry("basket", html`Basket <span className="count">${units}</span>`)}
  </ul></nav>`;
}

function Lost() {
  return html`<${Title}>There is nothing here<//>
    <p><a href="#/">Back to the shop.</a></p>`;
}

mount(html`<${Shop} />`, document.getElementById("shop"));
