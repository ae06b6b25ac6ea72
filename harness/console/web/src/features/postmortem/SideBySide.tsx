// Two texts beside each other, with their differences. Fetched with the first conflict.

import { MergeView } from "@codemirror/merge";
import { Annotation, EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useEffectEvent, useRef } from "react";

const FROM_OUTSIDE = Annotation.define<boolean>();

/** The console's colours: variables of the page reach into a shadow tree, its rules do not. */
const LOOK = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--bg)", fontSize: "12.5px" },
  ".cm-content": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  "&.cm-merge-a .cm-changedLine": { backgroundColor: "var(--bad-bg)" },
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--good-bg)" },
  "& .cm-collapsedLines": { color: "var(--muted)", background: "var(--info-bg)" },
});

function side(label: string) {
  return [
    LOOK,
    EditorView.lineWrapping,
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-readonly": "true",
      tabindex: "0",
    }),
  ];
}

/** Takes a piece of theirs over. What it belongs to hears a pressed mouse alone. */
function takeOver(): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "→";
  button.title = "Take this piece of theirs";
  button.setAttribute("aria-label", button.title);
  button.style.color = "var(--ink)";
  button.addEventListener("click", (event) => {
    const isByKey = event.detail === 0;
    if (isByKey) button.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
  });
  return button;
}

/**
 * In a shadow tree, since there the editor hands its rules to the browser as objects. In the page
 * it would write a style element, which the policy of the pages refuses.
 */
export default function SideBySide({
  mine,
  theirs,
  onMine,
}: {
  mine: string;
  theirs: string;
  onMine: (text: string) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<MergeView>(null);
  const written = useEffectEvent(onMine);
  const began = useEffectEvent(() => mine);
  useEffect(() => {
    if (!host.current) return undefined;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const tell = EditorView.updateListener.of((update) => {
      const isOurs = update.transactions.every((one) => !one.annotation(FROM_OUTSIDE));
      if (update.docChanged && isOurs) written(update.state.doc.toString());
    });
    const merge = new MergeView({
      a: { doc: theirs, extensions: side("Theirs") },
      b: { doc: began(), extensions: [side("Mine"), tell] },
      parent: root,
      root,
      revertControls: "a-to-b",
      renderRevertControl: takeOver,
      collapseUnchanged: {},
    });
    view.current = merge;
    return () => merge.destroy();
  }, [theirs]);
  useEffect(() => {
    const editor = view.current?.b;
    if (!editor || editor.state.doc.toString() === mine) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: mine },
      annotations: FROM_OUTSIDE.of(true),
    });
  }, [mine]);
  return <div ref={host} className="v-tall" />;
}
