// Where in a view an address leads: `?at=<id of a heading>`.

import { useEffect } from "react";
import { useParams } from "@/lib/address";

/** What waits for an answer longer than this was not there to be gone to. */
const WAITED_MS = 8000;

function arrive(id: string): boolean {
  const place = document.getElementById(id)?.closest<HTMLElement>("section, details");
  if (!place) return false;
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "start" });
  return true;
}

/** Goes to the part of the view that the address names, as soon as it is there. */
export function useArrival(isDrawn: boolean) {
  const { at } = useParams();
  useEffect(() => {
    if (!at || !isDrawn || arrive(at)) return undefined;
    const main = document.getElementById("main");
    if (!main) return undefined;
    const watch = new MutationObserver(() => arrive(at) && stop());
    const late = setTimeout(() => stop(), WAITED_MS);
    const stop = () => {
      watch.disconnect();
      clearTimeout(late);
    };
    watch.observe(main, { childList: true, subtree: true });
    return stop;
  }, [at, isDrawn]);
}
