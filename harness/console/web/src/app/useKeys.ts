// The console's shortcuts: a letter each, and `g` with the letter of a view.

import { useEffect } from "react";
import { acknowledge, addHypothesis, fullScreen, search } from "./actions";
import type { MenuView } from "./views";

/** What has the keyboard for itself: texts, editors in a tree of their own, windows over it all. */
const TYPED_INTO = "input, textarea, select, [data-editor], [role=dialog]";
const GO_WITHIN_MS = 1500;

export type Opened = "keys" | "palette" | "alarms" | null;

export function useKeys(views: readonly MenuView[], open: (what: Opened) => void) {
  useEffect(() => {
    let going = 0;
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key === "k") {
        event.preventDefault();
        open("palette");
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const at = event.target as Element;
      if (at.closest(TYPED_INTO)) return;
      const view = views.find((one) => one.key === event.key);
      if (Date.now() - going < GO_WITHIN_MS && view) location.hash = `#/${view.id}`;
      else if (event.key === "g") {
        going = Date.now();
        return;
      } else if (event.key === "a") void acknowledge();
      else if (event.key === "h") addHypothesis();
      else if (event.key === "?") open("keys");
      else if (event.key === "/") search();
      else if (event.key === "f") fullScreen(at);
      else return;
      going = 0;
      event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [views, open]);
}
