import type { Problem } from "@/api/problems";
import type { Flag } from "@/api/types";
import { laneOf } from "@/charts/colors";
import { Badge } from "@/components/Badge";
import { ErrorNote } from "@/components/ErrorNote";

/** Switches that act at once, without a release. */
export function Flags({ flags, error }: { flags: readonly Flag[]; error: Problem | null }) {
  if (!flags.length && !error) return null;
  return (
    <section className="card" aria-label="Feature flags">
      <h2>Feature flags</h2>
      {error && <ErrorNote error={error} />}
      <ul className="plain">
        {flags.map((one) => (
          <li className="piece" key={one.name}>
            <div>
              <i className="v-dot" style={{ background: laneOf(one.service) }} />
              <b>{one.service}</b> {one.name}
            </div>
            <Badge kind={one.enabled === null ? "warn" : one.enabled ? "good" : "quiet"}>
              {one.enabled === null ? "no answer" : one.enabled ? "on" : "off"}
            </Badge>
          </li>
        ))}
      </ul>
    </section>
  );
}
