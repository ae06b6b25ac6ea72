import { api } from "@/api/client";
import type { Alert, PageSent } from "@/api/types";
import { useAct } from "@/api/useAct";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { WhileLive } from "@/api/WhileLive";
import { attachEvidence } from "@/components/basket";
import { toneOfSeverity } from "@/lib/tones";

/** How the alert of a page stands by now. */
function stateOf(page: PageSent, alert: Alert | undefined): string {
  if (!alert) return "resolved";
  return alert.summary === page.summary ? "still firing" : `now: ${alert.summary}`;
}

export function Pages({ pages, alerts }: { pages: readonly PageSent[]; alerts: readonly Alert[] }) {
  const acknowledge = useAct((id?: string) => api.post("/v1/pages/ack", id ? { page_id: id } : {}));
  const open = pages.filter((page) => !page.acknowledged_by);
  const since = new Map(alerts.map((alert) => [alert.name, alert]));
  return (
    <Card
      title="Pages"
      className="span12"
      id="pages"
      actions={
        open.length > 1 && (
          <WhileLive>
            <Button kind="primary" busy={acknowledge.busy} onClick={() => acknowledge.run()}>
              Acknowledge all
            </Button>
          </WhileLive>
        )
      }
    >
      {!pages.length && <Empty>No pages yet. A good time to look around.</Empty>}
      {pages.map((page) => (
        <div
          key={page.page_id}
          className={`note ${page.acknowledged_by ? "" : since.has(page.alert) ? "bad" : "warn"} page-alert`}
        >
          <div>
            <Badge kind={toneOfSeverity(page.severity)}>{page.severity}</Badge>{" "}
            <strong>{page.alert}</strong>: {page.summary}
            <span className="muted"> {stateOf(page, since.get(page.alert))}</span>
          </div>
          <div className="actions">
            <WhileLive>
              <Button onClick={() => attachEvidence(`alert:${page.alert}`, page.summary)}>
                Attach
              </Button>
            </WhileLive>
            {page.acknowledged_by ? (
              <span className="muted">acknowledged by {page.acknowledged_by}</span>
            ) : (
              <WhileLive>
                <Button
                  kind="primary"
                  busy={acknowledge.busy}
                  onClick={() => acknowledge.run(page.page_id)}
                >
                  Acknowledge
                </Button>
              </WhileLive>
            )}
          </div>
        </div>
      ))}
      <ErrorNote error={acknowledge.error} />
    </Card>
  );
}
