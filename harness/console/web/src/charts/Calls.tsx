import type { Windows } from "@/lib/moments";
import { edges } from "@/lib/moments";
import { CallGraph } from "./CallGraph";
import type { Span } from "./measures";
import { TIMES, useRange } from "./measures";

const CALLS = "sum by (service, peer) (rate(outbound_requests_total[$__rate_interval]))";

/** Who called whom before, during and after. */
export function Calls({
  services,
  span,
  times,
}: {
  services: readonly string[];
  span: Span;
  times: Windows;
}) {
  const { data } = useRange(CALLS, span);
  if (!data || !services.length) return null;
  const found = TIMES.map(([key, words]) => ({
    words,
    edges: edges(data, times[key]),
    isKnown: Boolean(times[key]),
  }));
  const most = Math.max(...found.flatMap((one) => one.edges.map((edge) => edge.perS)), 0.1);
  const names = services.filter((name) =>
    found.some((one) => one.edges.some((edge) => edge.from === name || edge.to === name)),
  );
  return (
    <section className="card">
      <h2>Calls between services</h2>
      <div className="v-graphs">
        {found.map((one) => (
          <figure key={one.words}>
            {one.isKnown ? (
              <CallGraph names={names} edges={one.edges} most={most} />
            ) : (
              <p className="muted v-middle">not yet</p>
            )}
            <figcaption>{one.words}</figcaption>
          </figure>
        ))}
      </div>
    </section>
  );
}
