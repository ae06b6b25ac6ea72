import type { Deploy } from "@/api/types";
import { usePoll } from "@/api/usePoll";
import { laneOf } from "@/charts/colors";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { attachEvidence } from "@/components/basket";
import type { Address } from "@/lib/address";
import { href } from "@/lib/address";
import { ago, clock, dateTime } from "@/lib/format";
import { DiffView } from "./DiffView";

const HALF_A_DAY_MS = 43_200_000;
const OUTCOMES: Record<string, readonly [string, string]> = {
  succeeded: ["good", "✓"],
  failed: ["bad", "✕"],
};

export function Entry({ entry, params, now }: { entry: Deploy; params: Address; now: number }) {
  const [tone, sign] = OUTCOMES[entry.outcome] ?? ["muted", "…"];
  const at = Date.parse(entry.at);
  return (
    <li>
      <a
        href={href("changes", { ...params, deploy: entry.deploy_id })}
        aria-current={entry.deploy_id === params.deploy ? "true" : undefined}
      >
        <span className="mono muted" title={dateTime(at)}>
          {now - at < HALF_A_DAY_MS ? clock(at) : dateTime(at).slice(5, 16)}
        </span>
        <span className="v-found-name">
          <i className="v-dot" style={{ background: laneOf(entry.service) }} />
          <b>{entry.service}</b>{" "}
          {entry.kind === "restart"
            ? "restart"
            : `${entry.version_from || "–"} → ${entry.version_to}`}
        </span>
        <span className={`v-${tone}`} title={entry.outcome}>
          {sign}
        </span>
        <span className="v-found-more">
          {entry.outcome} · {entry.kind} · {entry.by} · {ago(at, now)}
        </span>
        <span className="v-found-more v-text">{entry.summary}</span>
        {entry.error && <span className="v-found-more v-bad">{entry.error}</span>}
      </a>
    </li>
  );
}

export function Change({ entry }: { entry: Deploy }) {
  const isRestart =
    entry.kind === "restart" || !entry.version_from || entry.version_from === entry.version_to;
  const params = {
    service: entry.service,
    version_from: entry.version_from,
    version_to: entry.version_to,
  };
  const { data, error } = usePoll(isRestart ? null : "/v1/diff", 0, params);
  return (
    <article className="card">
      <header className="v-bar">
        <h2>
          {entry.service} {isRestart ? entry.kind : `${entry.version_from} → ${entry.version_to}`}
        </h2>
        <span className="v-push" />
        {entry.commit && (
          <button
            type="button"
            className="button"
            onClick={() =>
              attachEvidence(
                `commit:${entry.commit.slice(0, 40)}`,
                `${entry.service} ${entry.version_to}`,
              )
            }
          >
            Attach
          </button>
        )}
        <a className="button v-narrow" href={href("changes")}>
          All deploys
        </a>
        <a
          className="button"
          href={href("dashboards", {
            uid: "service",
            service: entry.service,
            begin: Math.floor(Date.parse(entry.at) / 1000) - 150,
            end: Math.floor(Date.parse(entry.at) / 1000) + 150,
          })}
        >
          Metrics around this deploy
        </a>
      </header>
      {isRestart && <p className="muted">The version did not change.</p>}
      {error && <ErrorNote error={error} />}
      {!isRestart && !data && !error && <Loading />}
      {data && (
        <>
          <pre className="v-pre v-notes">{data.notes.trim()}</pre>
          <DiffView text={data.diff} />
        </>
      )}
    </article>
  );
}
