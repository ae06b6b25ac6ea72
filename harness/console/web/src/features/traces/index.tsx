// Traces: found by service, route, duration, failure, time or id; one of them as a waterfall.

import { X } from "lucide-react";
import { usePoll } from "@/api/usePoll";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { attachEvidence } from "@/components/basket";
import type { Address } from "@/lib/address";
import { go, href, useParams } from "@/lib/address";
import { clock, seconds } from "@/lib/format";
import { Search } from "./Search";
import { Waterfall } from "./Waterfall";

export default function Traces() {
  const params = useParams();
  return (
    <div className={`v-page v-split ${params.trace ? "v-has-one" : ""}`}>
      <Search params={params} />
      {params.trace ? (
        <One key={params.trace} id={params.trace} params={params} />
      ) : (
        <Empty>Select a trace to see its calls, timing and log lines.</Empty>
      )}
    </div>
  );
}

function One({ id, params }: { id: string; params: Address }) {
  const { data, error, again } = usePoll(`/v1/traces/${encodeURIComponent(id)}`);
  if (error)
    return (
      <div>
        <ErrorNote error={error} />
        <button type="button" className="button" onClick={again}>
          Retry
        </button>
      </div>
    );
  if (!data) return <Loading />;
  const spans = data.trace.spans;
  const end = Math.max(...spans.map((span) => span.startTime + span.duration));
  const begin = Math.min(...spans.map((span) => span.startTime));
  return (
    <article className="v-one" aria-label="Trace">
      <header className="v-bar">
        <h2 className="mono v-id">{id}</h2>
        <span className="muted">
          {clock(begin / 1000)} · {seconds((end - begin) / 1e6)} · {spans.length} spans
          {data.trace.warnings ? ` · ${data.trace.warnings.join(", ")}` : ""}
        </span>
        <span className="v-push" />
        <button type="button" className="button" onClick={again}>
          Refresh
        </button>
        <a className="button" href={href("logs", { trace: id })}>
          Logs
        </a>
        <button
          type="button"
          className="button"
          onClick={() => attachEvidence(`trace:${id}`, `trace of ${seconds((end - begin) / 1e6)}`)}
        >
          Attach
        </button>
        <button
          type="button"
          className="button quiet"
          aria-label="Close"
          onClick={() => go("traces", { ...params, trace: "" })}
        >
          <X className="icon" aria-hidden="true" />
        </button>
      </header>
      <Waterfall
        data={data.trace}
        logs={data.logs}
        onLog={(line) => go("logs", { seq: line.seq, trace: id })}
      />
    </article>
  );
}
