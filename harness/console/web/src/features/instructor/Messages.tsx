import { api } from "@/api/client";
import { useAct } from "@/api/useAct";
import { usePoll } from "@/api/usePoll";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";
import { toast } from "@/components/Toast";

export function Messages() {
  const { data, error } = usePoll("/v1/instructor/plan");
  const send = useAct(async (id: string) => {
    await api.post("/v1/instructor/messages", { id });
    void toast(`Sent: ${id}`);
  });
  return (
    <Card title="Messages" className="span12" id="messages">
      {data && !data.length && <Empty>This agenda has no messages.</Empty>}
      <ul className="plain">
        {(data || []).map((one) => (
          <li className="piece" key={one.id}>
            <div>
              <strong>{one.sender}</strong>{" "}
              <span className="muted">
                {one.kind}, {one.when}
              </span>
              <div>{one.text}</div>
            </div>
            {one.delivered ? (
              <Badge kind="quiet">sent</Badge>
            ) : (
              <Button
                busy={send.busy}
                onClick={() => send.run(one.id)}
                aria-label={`Send now: ${one.id}`}
              >
                Send now
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ErrorNote error={send.error || error} />
    </Card>
  );
}
