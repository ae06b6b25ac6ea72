// A box for PromQL with completion. Fetched with the view; it stands in a shadow tree, since in the
// page it would write a style element, which the policy of the pages refuses.

import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, insertNewline } from "@codemirror/commands";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { PromQLExtension } from "@prometheus-io/codemirror-promql";
import { useEffect, useEffectEvent, useRef } from "react";
import { api } from "@/api/client";
import type { Labels } from "@/api/telemetry";
import { namesOf } from "./names";

const SERIES_MAX = 1000;

async function labelsOf(query: string): Promise<readonly Labels[]> {
  const { series } = await api.get("/v1/metrics", { query, limit: SERIES_MAX });
  return series.map((one) => one.labels);
}

/** The console's colours: variables of the page reach into a shadow tree, its rules do not. */
const LOOK = EditorView.theme({
  "&": {
    color: "var(--ink)",
    backgroundColor: "var(--bg)",
    border: "1px solid var(--line)",
    borderRadius: "var(--radius)",
  },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  ".cm-content": { font: "var(--text-code)", caretColor: "var(--ink)", padding: "8px 4px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-placeholder": { color: "var(--muted)" },
  ".cm-tooltip": {
    color: "var(--ink)",
    backgroundColor: "var(--panel)",
    border: "1px solid var(--line)",
    borderRadius: "var(--radius)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { font: "var(--text-code)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: "var(--accent-ink)",
    backgroundColor: "var(--accent)",
  },
  ".cm-completionDetail": { color: "inherit" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
});

const COLORS = syntaxHighlighting(
  HighlightStyle.define([
    {
      tag: [tags.keyword, tags.function(tags.variableName), tags.operatorKeyword],
      color: "var(--accent)",
    },
    { tag: tags.string, color: "var(--good)" },
    { tag: [tags.number, tags.labelName], color: "var(--warn)" },
    { tag: tags.comment, color: "var(--muted)" },
  ]),
);

export default function Editor({
  text,
  onText,
  onRun,
}: {
  text: string;
  onText: (text: string) => void;
  onRun: (text: string) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const began = useEffectEvent(() => text);
  const written = useEffectEvent(onText);
  const asked = useEffectEvent(onRun);
  useEffect(() => {
    if (!host.current) return undefined;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const promql = new PromQLExtension().setComplete({ remote: namesOf(labelsOf) });
    const run = (editor: EditorView) => {
      asked(editor.state.doc.toString());
      return true;
    };
    const state = EditorState.create({
      doc: began(),
      extensions: [
        LOOK,
        COLORS,
        history(),
        closeBrackets(),
        autocompletion(),
        promql.asExtension(),
        placeholder("PromQL, such as sum by (service) (rate(http_requests_total[30s]))"),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "PromQL query" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) written(update.state.doc.toString());
        }),
        // Enter takes what completion offers, and without an offer asks. Tab leads on, as everywhere.
        Prec.high(keymap.of([{ key: "Enter", run, shift: insertNewline }])),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
      ],
    });
    const editor = new EditorView({ state, parent: root, root });
    view.current = editor;
    return () => {
      editor.destroy();
      promql.destroy();
    };
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);
  return <div ref={host} data-editor />;
}
