import type { SyntheticEvent } from "react";
import { useMemo, useState } from "react";
import { api } from "@/api/client";
import { useAct } from "@/api/useAct";
import { useDrill } from "@/api/useLive";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { WhileLive } from "@/api/WhileLive";
import { useParams } from "@/lib/address";
import { clock, fromPage } from "@/lib/format";
import { useDraft } from "@/components/useDraft";

const SHOWN = 400;
/** What is shown unless somebody asks for more: how busy the machine is buries what people did. */
const USUAL = "";
const ALL = "*";
const MACHINE = "machine";

const isOf = (kind: string, label: string) =>
  kind === ALL || (kind === USUAL ? label !== MACHINE : label === kind);

export default function Timeline() {
  const { records, status } = useDrill();
  const { search: asked = "" } = useParams();
  const [search, setSearch] = useState(asked);
  const [kind, setKind] = useState(USUAL);
  const [came, setCame] = useState(asked);
  // Somebody was looked for from elsewhere.
  if (came !== asked) {
    setCame(asked);
    setSearch(asked);
  }
  const [note, setNote, taken] = useDraft("note", "");
  const write = useAct(async (event: SyntheticEvent) => {
    event.preventDefault();
    await api.post("/v1/notes", { text: note });
    taken(note);
  });
  const rows = useMemo(() => records.filter((one) => one.label), [records]);
  const wanted = search.toLowerCase();
  const found = rows.filter(
    (one) =>
      isOf(kind, one.label) &&
      (!wanted || `${one.label} ${one.text} ${one.actor}`.toLowerCase().includes(wanted)),
  );
  const kinds = useMemo(() => [...new Set(rows.map((one) => one.label))].toSorted(), [rows]);
  return (
    <div className="grid">
      <WhileLive>
        <Card title="Add a note" className="span12" id="note">
          <form className="slider" onSubmit={write.run}>
            <input
              aria-label="Note"
              value={note}
              required
              maxLength={10000}
              placeholder="What you saw, did or decided"
              onInput={(e) => setNote(e.currentTarget.value)}
            />
            <Button type="submit" busy={write.busy}>
              Add note
            </Button>
          </form>
          <ErrorNote error={write.error} />
        </Card>
      </WhileLive>
      <Card
        title="Timeline"
        className="span12"
        id="timeline"
        actions={
          <>
            <select
              aria-label="Kind of event"
              value={kind}
              onChange={(e) => setKind(e.currentTarget.value)}
            >
              <option value={USUAL}>the incident</option>
              <option value={ALL}>everything, the machine too</option>
              {kinds.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
            <input
              data-search
              type="search"
              aria-label="Search the timeline"
              placeholder="Search (/)"
              value={search}
              onInput={(e) => setSearch(e.currentTarget.value)}
            />
          </>
        }
      >
        {!found.length && <Empty>{rows.length ? "No matches." : "No events yet."}</Empty>}
        {found.length > SHOWN && (
          <p className="muted">
            Showing the newest {SHOWN} of {found.length}; search to find older ones.
          </p>
        )}
        <ol className="feed">
          {found
            .slice(-SHOWN)
            .toReversed()
            .map((one) => (
              <li key={one.id}>
                <time title={clock(one.time)}>{fromPage(one, status.pages)}</time>
                <div>
                  <Badge kind={one.tone || "quiet"}>{one.label}</Badge> {one.text}
                </div>
              </li>
            ))}
        </ol>
      </Card>
    </div>
  );
}
