// What the browser keeps for the customer: who they are and what is in their basket.

import { useSyncExternalStore } from "./html.js";

const QUANTITY_MAX = 1000;
const LINES_MAX = 50;

// A value in localStorage that pages can follow. Storage may be full or forbidden: then the value
// lasts as long as the page, which is better than no shop.
class Kept {
  #key;
  #value;
  #listeners = new Set();

  constructor(key, initial, isValid) {
    this.#key = key;
    this.#value = initial;
    try {
      const stored = JSON.parse(localStorage.getItem(key));
      if (isValid(stored)) this.#value = stored;
    } catch {
      // unreadable is as good as absent
    }
  }

  get = () => this.#value;

  follow = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value) {
    this.#value = value;
    try {
      localStorage.setItem(this.#key, JSON.stringify(value));
    } catch {
      // see above
    }
    this.#listeners.forEach((listener) => listener());
  }
}

function isLine(line) {
  return typeof line?.sku === "string" && Number.isInteger(line.quantity) && line.quantity > 0;
}

function isCheckout(value) {
  return typeof value?.key === "string" && typeof value.content === "string";
}

const customer = new Kept("customer", null, (value) => Number.isSafeInteger(value) && value > 0);
const basket = new Kept("basket", [], (value) => Array.isArray(value) && value.every(isLine));
const checkout = new Kept("checkout", null, isCheckout);

export const useCustomer = () => useSyncExternalStore(customer.follow, customer.get);
export const useBasket = () => useSyncExternalStore(basket.follow, basket.get);

export const setCustomer = (id) => customer.set(id);

// Set how many of `sku` are in the basket; none takes the line out.
export function setQuantity(sku, quantity) {
  const others = basket.get().filter((line) => line.sku !== sku);
  if (quantity < 1) {
    basket.set(others);
    return;
  }
  const line = { sku, quantity: Math.min(quantity, QUANTITY_MAX) };
  const isKnown = others.length < basket.get().length;
  if (isKnown) basket.set(basket.get().map((one) => (one.sku === sku ? line : one)));
  else if (others.length < LINES_MAX) basket.set([...others, line]);
}

export function addToBasket(sku) {
  const had = basket.get().find((line) => line.sku === sku)?.quantity ?? 0;
  setQuantity(sku, had + 1);
}

// The Idempotency-Key of this very order. It outlives a reload: whoever is unsure whether the first
// try went through, and tries again, is charged once.
export function checkoutKey(order) {
  const content = JSON.stringify(order);
  if (checkout.get()?.content !== content) checkout.set({ key: crypto.randomUUID(), content });
  return checkout.get().key;
}

export function forgetCheckoutKey() {
  checkout.set(null);
}

export function emptyBasket() {
  basket.set([]);
  forgetCheckoutKey();
}
