// Where an order stands, by its number.

import { get } from "./api.js";
import { html, useCallback, useState } from "./html.js";
import { Failure, Lines, Loading, Title, statusWords } from "./parts.js";
import { useResource } from "./resource.js";

const NUMBER = /^[1-9][0-9]{0,17}$/;

export function Tracking({ id }) {
  return html`<${Title}>Where is my order?<//>
    <${NumberForm} key=${id} number=${id} />
    ${id && html`<${Tracked} id=${id} />`}`;
}

function NumberForm({ number }) {
  const [typed, setTyped] = useState(number);
  const submit = (event) => {
    event.preventDefault();
    window.location.hash = `#/track/${encodeURIComponent(typed.trim())}`;
  };
  return html`<form className="panel" onSubmit=${submit}>
    <label htmlFor="order">Order number</label>
    <div className="row">
      <input id="order" inputMode="numeric" autoComplete="off" required maxLength="18"
        value=${typed} onChange=${(event) => setTyped(event.target.value)} />
      <button>Look up</button>
    </div>
  </form>`;
}

function Tracked({ id }) {
  return NUMBER.test(id)
    ? html`<${Order} id=${id} />`
    : html`<p className="note" role="alert">An order number has digits only, like 18342.</p>`;
}

function Order({ id }) {
  const load = useCallback((signal) => get(`/api/track/${id}`, signal), [id]);
  const { state, data, problem, retry } = useResource(load);
  if (state === "loading") return html`<${Loading} what="the order" />`;
  if (state === "failed" && problem.status === 404) {
    return html`<p className="note" role="alert">
      We know of no order ${id}. Is there a typing slip?
    </p>`;
  }
  if (state === "failed") {
    return html`<${Failure} problem=${problem} what="the order" retry=${retry} />`;
  }
  return html`<section aria-labelledby="found">
    <h2 id="found">Order ${data.order_id}: ${statusWords(data)}</h2>
    <${Lines} order=${data} />
  </section>`;
}
