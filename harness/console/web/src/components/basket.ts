// Evidence that was picked up anywhere, until it is attached to a hypothesis.

import { useSyncExternalStore } from "react";
import { toast } from "./Toast";

/** A link to evidence as `drill` takes it, and what it shows. */
export interface Piece {
  link: string;
  note: string;
}

const EVIDENCE = "evidence-basket";
const evidenceListeners = new Set<() => void>();
let basket = JSON.parse(sessionStorage.getItem(EVIDENCE) || "[]") as Piece[];

function setBasket(next: Piece[]) {
  basket = next;
  sessionStorage.setItem(EVIDENCE, JSON.stringify(basket));
  for (const listener of evidenceListeners) listener();
}

function subscribe(listener: () => void) {
  evidenceListeners.add(listener);
  return () => {
    evidenceListeners.delete(listener);
  };
}

/** Picks up a piece of evidence: a link as `drill` takes it, and what it shows. */
export function attachEvidence(link: string, note = "") {
  if (!basket.some((one) => one.link === link)) setBasket([...basket, { link, note }]);
  void toast(`Collected as evidence: ${link}`);
}

/** What is in the basket, and what takes links out of it. */
export function useEvidence(): readonly [readonly Piece[], (...links: string[]) => void] {
  const found = useSyncExternalStore(subscribe, () => basket);
  return [found, (...links) => setBasket(basket.filter((one) => !links.includes(one.link)))];
}
