import { useState } from "react";
import { api } from "@/api/client";
import type { Problem } from "@/api/problems";
import { problemOf } from "@/api/problems";
import type { Paper as SavedPaper } from "@/api/types";
import { usePoll } from "@/api/usePoll";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { Markdown } from "@/components/Markdown";
import { toast } from "@/components/Toast";
import { clock } from "@/lib/format";
import { united } from "@/lib/merging";
import { localTimes } from "@/lib/stamps";
import { useDraft } from "@/components/useDraft";
import { Conflict } from "./Conflict";

const EVERY_MS = 5000;
const TEXT_MAX = 100_000;

/** A text, and what it began with: its version, and how it read. */
interface Writing {
  text: string;
  base: string;
  began?: string;
}

/**
 * `mine` is what is being written, with the version that it began with; it outlives a reload.
 * Null while nobody writes here: then the page shows what is saved, as it changes.
 */
export function Paper({ drillId }: { drillId: string }) {
  const { data: saved, error, again, put } = usePoll("/v1/postmortem", EVERY_MS);
  const [mine, setMine] = useDraft<Writing | null>(`postmortem ${drillId}`, null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isRead, setRead] = useState(false);
  if (error && !saved) return <ErrorNote error={error} />;
  if (!saved) return <Loading />;
  const isChanged = mine !== null && mine.text !== saved.text;
  const isBehind = isChanged && mine.base !== saved.version;
  const attempt = async (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      void toast(done);
    } catch (failed) {
      setProblem(problemOf(failed));
    }
    setBusy(false);
    again();
  };
  const save = (text: string, base: string) =>
    attempt(async () => {
      const now = await api.post("/v1/postmortem/text", { text, base_version: base });
      put(now);
      // What was typed while the text was on its way goes on from the text as it was saved.
      setMine((typed) =>
        typed && typed.text !== text
          ? { text: typed.text, base: now.version, began: now.text }
          : null,
      );
    }, "Saved.");
  const draft = () =>
    attempt(
      () => api.post("/v1/postmortem", {}),
      saved.text && !saved.is_draft
        ? "A new draft is ready next to your text."
        : "Drafted from the record.",
    );
  const text = mine?.text ?? saved.text;
  const write = (next: string) =>
    setMine({ ...(mine ?? { base: saved.version, began: saved.text }), text: next });
  return (
    <div className="v-page">
      <div className="v-bar">
        <button type="button" className="button" disabled={isBusy} onClick={draft}>
          {saved.text ? "Draft again from the record" : "Draft from the record"}
        </button>
        <span className="muted">{stateOf(saved, isChanged)}</span>
        <span className="v-push" />
        <button
          type="button"
          className="button"
          aria-pressed={isRead}
          onClick={() => setRead(!isRead)}
        >
          Preview
        </button>
        {isChanged && (
          <button type="button" className="button" onClick={() => setMine(null)}>
            Discard my changes
          </button>
        )}
        <button
          type="button"
          className="button primary"
          disabled={isBusy || !isChanged || isBehind || !text.trim()}
          onClick={() => mine && save(text, mine.base)}
        >
          Save
        </button>
      </div>
      {problem && !(problem.status === 409 && isBehind) && <ErrorNote error={problem} />}
      {isBehind && (
        <Conflict
          mine={mine.text}
          began={mine.began}
          saved={saved}
          onWrite={write}
          onTake={(next) => setMine({ text: next, base: saved.version, began: saved.text })}
        />
      )}
      <div className="v-editor">
        <label className="v-wide">
          {isBehind ? "your text" : "text (Markdown)"}
          <textarea
            value={text}
            maxLength={TEXT_MAX}
            spellCheck={true}
            placeholder="Draft it from the record, or start writing."
            onInput={(event) => write(event.currentTarget.value)}
          />
        </label>
        {isRead && (
          <section className="card v-tall" aria-label="Preview">
            <Markdown text={localTimes(text) || "*Nothing is written yet.*"} />
          </section>
        )}
        {saved.draft && saved.draft !== text && (
          <details className="card">
            <summary>Newest draft from the record</summary>
            <button
              type="button"
              className="button"
              onClick={() => write(united(text, saved.draft))}
            >
              Merge the new draft
            </button>
            <Markdown text={localTimes(saved.draft)} />
          </details>
        )}
      </div>
    </div>
  );
}

function stateOf(saved: SavedPaper, isChanged: boolean): string {
  if (isChanged) return "Unsaved changes, kept in this browser.";
  if (!saved.text) return "No postmortem yet.";
  if (saved.by) return `Saved by ${saved.by} at ${clock(Date.parse(saved.at ?? ""))}.`;
  return saved.is_draft ? "Draft from the record, not edited yet." : "Saved in the file.";
}
