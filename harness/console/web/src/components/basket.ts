// Evidence that was picked up anywhere, until it is attached to a hypothesis.

import { useSyncExternalStore } from "react";
import { shelf } from "@/api/shelf";
import { toast } from "./Toast";

/** A link to evidence as `drill` takes it, and what it shows. */
export interface Piece {
  link: string;
  note: string;
}

const EVIDENCE = "evidence-basket";
const evidenceListeners = new Set<() => void>();
const NOTHING: readonly Piece[] = [];
let basket = { owner: "", pieces: NOTHING };

/** What is in the basket of this drill and person. */
function pieces(): readonly Piece[] {
  if (basket.owner !== shelf.owner)
    basket = { owner: shelf.owner, pieces: shelf.get<Piece[]>(EVIDENCE) ?? NOTHING };
  return basket.pieces;
}

function setBasket(next: readonly Piece[]) {
  basket = { owner: shelf.owner, pieces: next };
  shelf.put(EVIDENCE, next.length > 0 ? next : null);
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
  if (!pieces().some((one) => one.link === link)) setBasket([...pieces(), { link, note }]);
  void toast(`Collected as evidence: ${link}`);
}

/** What is in the basket, and what takes links out of it. */
export function useEvidence(): readonly [readonly Piece[], (...links: string[]) => void] {
  const found = useSyncExternalStore(subscribe, pieces);
  return [found, (...links) => setBasket(pieces().filter((one) => !links.includes(one.link)))];
}
