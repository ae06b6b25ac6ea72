// The console's shortcuts: a letter each, and `g` with the letter of a view.

import { useEffect, useRef } from "react";
import { acknowledge, addHypothesis, fullScreen, search } from "./actions";
import type { MenuView } from "./views";

/** What has the keyboard for itself: texts, editors in a tree of their own, windows over it all. */
const TYPED_INTO = "input, textarea, select, [data-editor], [role=dialog]";
const GO_WITHIN_MS = 1500;

export type Opened = "keys" | "palette" | "alarms" | null;

/** `opened` is what lies over the page: it may still be fetched, and no letter is meant for the page. */
export function useKeys(views: readonly MenuView[], opened: Opened, open: (what: Opened) => void) {
  const covered = useRef(false);
  useEffect(() => {
    covered.current = opened !== null;
  }, [opened]);
  useEffect(() => {
    let going = 0;
    const cover = (what: Opened) => {
      // At once: the next letter may come before the page was drawn anew.
      covered.current = true;
      open(what);
    };
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key === "k") {
        event.preventDefault();
        cover("palette");
        return;
      }
      if (covered.current || event.ctrlKey || event.metaKey || event.altKey) return;
      const at = event.target as Element;
      if (at.closest(TYPED_INTO)) return;
      const view = views.find((one) => one.key === event.key);
      if (Date.now() - going < GO_WITHIN_MS && view) location.hash = `#/${view.id}`;
      else if (event.key === "g") {
        going = Date.now();
        return;
      } else if (event.key === "a") void acknowledge();
      else if (event.key === "h") addHypothesis();
      else if (event.key === "?") cover("keys");
      else if (event.key === "/") {
        if (!search()) cover("palette");
      } else if (event.key === "f") fullScreen(at);
      else return;
      going = 0;
      event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [views, open]);
}
