// Who is shopping: a customer number, as it stands on every invoice.

import { html, useState } from "./html.js";
import { setCustomer, useCustomer } from "./stores.js";

const NUMBER = /^[1-9][0-9]{0,14}$/;
const GUESTS = [42, 314, 1042]; // accounts that we keep for whoever wants to look around

export function CustomerForm({ why }) {
  const [typed, setTyped] = useState("");
  const [isWrong, setWrong] = useState(false);
  const submit = (event) => {
    event.preventDefault();
    const isRight = NUMBER.test(typed.trim());
    setWrong(!isRight);
    if (isRight) setCustomer(Number(typed.trim()));
  };
  return html`<form className="panel" onSubmit=${submit} noValidate>
    <p>${why}</p>
    <label htmlFor="customer">Customer number</label>
    <div className="row">
      <input id="customer" inputMode="numeric" autoComplete="off" value=${typed}
        aria-invalid=${isWrong} aria-describedby="customer-help"
        onChange=${(event) => setTyped(event.target.value)} />
      <button>Continue</button>
    </div>
    <p id="customer-help" className="quiet" role=${isWrong ? "alert" : undefined}>
      ${isWrong ? "A customer number has digits only, like 1042." : "It stands on every invoice."}
    </p>
    <p className="row">
      <span className="quiet">Only looking? Shop as</span>
      ${GUESTS.map(
        (number) => html`<button key=${number} type="button" className="link"
          onClick=${() => setCustomer(number)}>guest ${number}</button>`,
      )}
    </p>
  </form>`;
}

export function CustomerLine() {
  const customer = useCustomer();
  if (customer === null) return null;
  return html`<p className="quiet">
    Customer ${customer} ·${" "}
    <button type="button" className="link" onClick=${() => setCustomer(null)}>Not you?</button>
  </p>`;
}
