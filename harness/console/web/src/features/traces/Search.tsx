import type { SyntheticEvent } from "react";
import { useState } from "react";
import type { ParamsOf } from "@/api/routes";
import type { TraceRow } from "@/api/telemetry";
import { usePoll } from "@/api/usePoll";
import { useServices } from "@/api/useServices";
import { laneOf } from "@/charts/colors";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import type { Address, AddressParams } from "@/lib/address";
import { go, href } from "@/lib/address";
import { clock, plain, seconds } from "@/lib/format";
import { useNow } from "@/api/useNow";
import { inOrder, TRACE_ORDERS } from "@/lib/traceOrder";
import { useTyped } from "@/lib/useTyped";

const EVERY_MS = 5000;
const TRACE_ID = /^[0-9a-f]{32}$/i;

function searchOf(params: Address): ParamsOf<"/v1/traces"> {
  const { service, operation, begin, end } = params;
  return {
    ...(service && { service }),
    ...(operation && { operation }),
    ...(begin && { begin: Number(begin) }),
    ...(end && { end: Number(end) }),
    ...(params.slower && { min_duration_ms: Number(params.slower) }),
    ...(params.errors && { errors: true }),
    limit: Number(params.limit) || 50,
  };
}

export function Search({ params }: { params: Address }) {
  const services = useServices();
  const [id, setId] = useState("");
  const now = useNow(null);
  const operations = usePoll(params.service ? "/v1/operations" : null, 0, {
    service: params.service,
  });
  const isFixed = Boolean(params.begin);
  const found = usePoll("/v1/traces", isFixed ? 0 : EVERY_MS, searchOf(params));
  const rows = found.data?.traces;
  const limit = Number(params.limit) || 50;
  const set = (changes: AddressParams) => go("traces", { ...params, ...changes });
  const open = (event: SyntheticEvent) => {
    event.preventDefault();
    if (TRACE_ID.test(id.trim())) set({ trace: id.trim().toLowerCase() });
  };
  return (
    <aside className="v-list" aria-label="Search">
      <form className="v-form" onSubmit={open}>
        <label>
          service{" "}
          <select
            value={params.service ?? ""}
            onChange={(event) => set({ service: event.currentTarget.value, operation: "" })}
          >
            <option value="">any</option>
            {services.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          route or call{" "}
          <select
            value={params.operation ?? ""}
            disabled={!params.service}
            onChange={(event) => set({ operation: event.currentTarget.value })}
          >
            <option value="">{params.service ? "any" : "choose a service first"}</option>
            {(operations.data ?? []).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <Slower value={params.slower ?? ""} onPick={(slower) => set({ slower })} />
        <label className="v-check">
          <input
            type="checkbox"
            checked={Boolean(params.errors)}
            onChange={(event) => set({ errors: event.currentTarget.checked ? "1" : "" })}
          />{" "}
          failed only
        </label>
        <label className="v-wide">
          trace id{" "}
          <input
            value={id}
            spellCheck={false}
            placeholder="32 hex digits, then Enter"
            onInput={(event) => setId(event.currentTarget.value)}
            aria-invalid={id !== "" && !TRACE_ID.test(id.trim())}
          />
        </label>
      </form>
      <label className="v-field">
        order{" "}
        <select
          value={params.order ?? ""}
          onChange={(event) => set({ order: event.currentTarget.value })}
        >
          {TRACE_ORDERS.map(([order, title]) => (
            <option key={order} value={order === "newest" ? "" : order}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {isFixed && (
        <p className="v-note">
          {clock(Number(params.begin) * 1000)} – {clock(Number(params.end ?? now / 1000) * 1000)}{" "}
          <button type="button" className="v-link" onClick={() => set({ begin: "", end: "" })}>
            Show newest
          </button>
        </p>
      )}
      {found.error && <ErrorNote error={found.error} />}
      {!found.data && !found.error && <Loading />}
      {rows?.length === 0 && <Empty>No traces match. Old traces are dropped.</Empty>}
      {rows && rows.length > 0 && <Found rows={rows} params={params} />}
      {rows && rows.length >= limit && limit < 200 && (
        <button type="button" className="v-link" onClick={() => set({ limit: "200" })}>
          Show more
        </button>
      )}
    </aside>
  );
}

function Slower({ value, onPick }: { value: string; onPick: (slower: string) => void }) {
  const [typed, setTyped] = useTyped(value, onPick);
  return (
    <label>
      slower than, ms{" "}
      <input
        type="number"
        min="0"
        step="50"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </label>
  );
}

function Found({ rows, params }: { rows: readonly TraceRow[]; params: Address }) {
  const ordered = inOrder(rows, params.order);
  const longest = Math.max(...rows.map((row) => row.duration_ms), 1);
  return (
    <ol className="v-found">
      {ordered.map((row) => (
        <li key={row.trace_id}>
          <a
            href={href("traces", { ...params, trace: row.trace_id })}
            aria-current={row.trace_id === params.trace ? "true" : undefined}
          >
            <span className="mono muted">{clock(row.start_ms)}</span>
            <span className="v-found-name">
              <b>{row.service}</b> {row.operation}
            </span>
            <span className="num">{seconds(row.duration_ms / 1000)}</span>
            <span className="v-found-bar" aria-hidden="true">
              <i style={{ width: `${(100 * row.duration_ms) / longest}%` }} />
            </span>
            <span className="v-found-more">
              <span className="v-lanes">
                {row.services.map((name) => (
                  <i key={name} title={name} style={{ background: laneOf(name) }} />
                ))}
              </span>{" "}
              {plain(row.spans)} spans{" "}
              {row.failed > 0 && <span className="v-bad">✕ {row.failed} failed</span>}
            </span>
            {row.reason && (
              <span className="v-found-reason" title={row.reason}>
                {row.reason}
              </span>
            )}
          </a>
        </li>
      ))}
    </ol>
  );
}
