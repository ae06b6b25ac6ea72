// What can be done from everywhere, by a key or by its name.

import { api } from "@/api/client";
import { problemOf } from "@/api/problems";
import { toast } from "@/components/Toast";
import { go } from "@/lib/address";
import type { MenuView } from "./views";

export interface Action {
  title: string;
  group: "Views" | "Actions";
  keys?: readonly string[];
  run: () => void;
}

export async function acknowledge() {
  try {
    await api.post("/v1/pages/ack", {});
    void toast("Acknowledged");
  } catch (error) {
    void toast(problemOf(error).message, "bad");
  }
}

export const addHypothesis = () => {
  location.hash = "#/diagnosis?new";
};

/** To the view's own search; false where it has none. */
export function search(): boolean {
  const box = document.querySelector<HTMLElement>("[data-search]");
  box?.focus();
  return box !== null;
}

/** The panel that has the keyboard, else the one under the pointer, over the whole screen. */
export function fullScreen(at: Element) {
  const panel = at.closest("[data-panel]") ?? document.querySelector("[data-panel]:hover");
  panel?.querySelector<HTMLElement>("[data-full]")?.click();
}

export function actionsOf(
  views: readonly MenuView[],
  {
    showKeys,
    nextTheme,
    showAlarms,
  }: { showKeys: () => void; nextTheme: () => void; showAlarms: () => void },
): readonly Action[] {
  return [
    ...views.map((view): Action => ({
      title: view.title,
      group: "Views",
      keys: ["g", view.key],
      run: () => go(view.id, {}),
    })),
    {
      title: "Acknowledge all pages",
      group: "Actions",
      keys: ["a"],
      run: () => void acknowledge(),
    },
    { title: "Add a hypothesis", group: "Actions", keys: ["h"], run: addHypothesis },
    { title: "Next theme: light, dark or auto", group: "Actions", run: nextTheme },
    { title: "Sound and notifications", group: "Actions", run: showAlarms },
    { title: "Keyboard shortcuts", group: "Actions", keys: ["?"], run: showKeys },
  ];
}
