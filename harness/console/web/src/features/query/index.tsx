// Any question to Prometheus, over time or as it is now; the one that is asked is in the address.

import { lazy, Suspense, useMemo, useState } from "react";
import { useLive } from "@/api/useLive";
import { usePoll } from "@/api/usePoll";
import { Picker } from "@/charts/TimePicker";
import { SERIES } from "@/charts/measures";
import { fixed, useTime } from "@/charts/useTime";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Choice } from "@/components/Choice";
import { ErrorNote } from "@/components/ErrorNote";
import { Loading } from "@/components/Loading";
import { attachEvidence } from "@/components/basket";
import type { AddressParams } from "@/lib/address";
import { go, href, useParams } from "@/lib/address";
import { marks as marksOf } from "@/lib/moments";
import { evidence, expand } from "@/lib/promql";
import type { Shape } from "./Result";
import { Result } from "./Result";

const Editor = lazy(() => import("./Editor"));

const POINTS = 300;
const SHAPES: readonly (readonly [Shape, string])[] = [
  ["graph", "Graph"],
  ["table", "Table"],
];

export default function Query() {
  const params = useParams();
  const { records } = useLive();
  const time = useTime(params);
  const { begin, end } = time;
  const expr = params.expr ?? "";
  const shape: Shape = params.as === "table" ? "table" : "graph";
  const [draft, setDraft] = useState({ of: expr, text: expr });
  // Another address is another question, whatever was being written.
  const text = draft.of === expr ? draft.text : expr;
  const query = expand(expr, { stepS: Math.ceil((end - begin) / POINTS), rangeS: end - begin });
  const asked = shape === "table" ? { query } : { query, begin, end, points: POINTS };
  const { data, error: refused, again } = usePoll(expr ? "/v1/metrics" : null, 0, asked);
  const error = expr ? refused : null;
  const marks = useMemo(() => marksOf(records), [records]);
  const set = (changes: AddressParams) => go("query", { ...params, ...changes });
  const run = (wanted: string) => (wanted.trim() === expr ? again() : set({ expr: wanted.trim() }));
  return (
    <div className="v-page">
      <section className="card" aria-label="Query">
        <Suspense fallback={<Loading what="Loading the editor" />}>
          <Editor text={text} onText={(next) => setDraft({ of: expr, text: next })} onRun={run} />
        </Suspense>
        <div className="v-bar v-query-bar">
          <Button kind="primary" disabled={!text.trim()} onClick={() => run(text)}>
            Run query
          </Button>
          <Choice label="Show as" value={shape} of={SHAPES} onPick={(as) => set({ as })} />
          <Button
            disabled={!data || Boolean(error)}
            onClick={() => attachEvidence(evidence(query, begin, end))}
          >
            Attach as evidence
          </Button>
          <Picker time={time} set={set} />
        </div>
      </section>
      <ErrorNote error={error} />
      {expr ? (
        !error && (
          <Result
            data={data}
            shape={shape}
            expr={expr}
            marks={marks}
            onZoom={(from, to) => set(fixed(from, to))}
          />
        )
      ) : (
        <Examples />
      )}
    </div>
  );
}

/** Questions to begin with; each is an address like any other. */
function Examples() {
  return (
    <Card title="Examples" id="examples">
      <ul className="v-lines v-query-list">
        {SERIES.map((one) => (
          <li key={one.title}>
            <a href={href("query", { expr: one.expr })}>{one.title}</a>{" "}
            <code className="muted">{one.expr}</code>
          </li>
        ))}
      </ul>
    </Card>
  );
}
