// The console's shortcuts: a letter each, and `g` with the letter of a view.

import { useEffect } from "react";
import { api } from "@/api/client";
import { problemOf } from "@/api/problems";
import { toast } from "@/components/Toast";
import type { MenuView } from "./views";

const GO_WITHIN_MS = 1500;

async function acknowledge() {
  try {
    await api.post("/v1/pages/ack", {});
    toast("Acknowledged");
  } catch (error) {
    toast(problemOf(error).message, "bad");
  }
}

export function useKeys(views: readonly MenuView[], setHelp: (isOpen: boolean) => void) {
  useEffect(() => {
    let going = 0;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const at = event.target as Element;
      if (at.closest("input, textarea, select, dialog")) return;
      const view = views.find((one) => one.key === event.key);
      if (Date.now() - going < GO_WITHIN_MS && view) location.hash = `#/${view.id}`;
      else if (event.key === "g") {
        going = Date.now();
        return;
      } else if (event.key === "a") void acknowledge();
      else if (event.key === "h") location.hash = "#/diagnosis?new";
      else if (event.key === "?") setHelp(true);
      else if (event.key === "/") document.querySelector<HTMLElement>("[data-search]")?.focus();
      else return;
      going = 0;
      event.preventDefault();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [views]);
}
