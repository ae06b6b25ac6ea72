// One banner for whatever calls: it stays until somebody says that it was seen.

import { X } from "lucide-react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { clock } from "@/lib/format";
import type { Calls } from "./useCalls";

const SHOWN = 3;

export function CallBanner({ calls, see }: Pick<Calls, "calls" | "see">) {
  const shown = calls.slice(-SHOWN).toReversed();
  const hidden = calls.length - shown.length;
  const isBad = calls.some((one) => one.record.tone === "bad");
  return (
    // It is there before it says anything: what is put into it is read out.
    <div role="alert" className="calls-place">
      {shown.length > 0 && (
        <div className={`note ${isBad ? "bad" : "warn"} calls`}>
          <ul>
            {shown.map(({ seq, record, href }) => (
              <li key={seq}>
                <time>{clock(record.time)}</time>{" "}
                <Badge kind={record.tone || "info"}>{record.label}</Badge>{" "}
                <span>{record.text}</span> <a href={href}>Show</a>
              </li>
            ))}
            {hidden > 0 && <li className="muted">and {hidden} more in the timeline</li>}
          </ul>
          <Button onClick={see}>
            <X className="icon" aria-hidden="true" /> <span>Seen</span>
          </Button>
        </div>
      )}
    </div>
  );
}
