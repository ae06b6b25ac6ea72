import { X } from "lucide-react";
import type { LogLine } from "@/api/telemetry";
import { attachEvidence } from "@/components/basket";
import type { AddressParams } from "@/lib/address";
import { href } from "@/lib/address";
import { foldFrames } from "@/lib/traceback";

export function Detail({
  line,
  onClose,
  onFilter,
}: {
  line: LogLine;
  onClose: () => void;
  onFilter: (changes: AddressParams) => void;
}) {
  const { traceback, ...fields } = line;
  return (
    <aside className="v-line-detail" aria-label="Log line">
      <header className="v-bar">
        <b>line {line.seq}</b>
        <span className="v-push" />
        <button
          type="button"
          className="button"
          onClick={() =>
            attachEvidence(`log:${line.seq}`, `${line.service}: ${line.event}`.slice(0, 120))
          }
        >
          Attach
        </button>
        <button type="button" className="button quiet" aria-label="Close" onClick={onClose}>
          <X className="icon" aria-hidden="true" />
        </button>
      </header>
      <dl className="v-tags">
        {Object.entries(fields).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
          </div>
        ))}
      </dl>
      {traceback && (
        <>
          <pre className="v-pre">{foldFrames(traceback)}</pre>
          <details>
            <summary>All frames</summary>
            <pre className="v-pre">{traceback}</pre>
          </details>
        </>
      )}
      <p className="v-acts">
        {line.trace_id && (
          <>
            <a className="button" href={href("traces", { trace: line.trace_id })}>
              Open trace
            </a>
            <button
              type="button"
              className="button"
              onClick={() =>
                onFilter({ trace: line.trace_id, service: "", level: "", contains: "" })
              }
            >
              Show lines of this trace
            </button>
          </>
        )}
        <button
          type="button"
          className="button"
          onClick={() => onFilter({ service: line.service, trace: "" })}
        >
          Show only {line.service}
        </button>
      </p>
    </aside>
  );
}
