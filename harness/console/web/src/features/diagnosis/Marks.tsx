import { useMemo } from "react";
import { api } from "@/api/client";
import type { Choices } from "@/api/types";
import { useAct } from "@/api/useAct";
import { useLive } from "@/api/useLive";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Empty } from "@/components/Empty";
import { ErrorNote } from "@/components/ErrorNote";

interface MarkedAlert {
  name: string;
  summary: string;
  mark: string;
}

export function Marks({ choices }: { choices: Choices }) {
  const { records } = useLive();
  const alerts = useMemo(() => {
    const found = new Map<string, MarkedAlert>();
    for (const one of records) {
      if (one.type === "alert.fired")
        found.set(one.data.name, {
          name: one.data.name,
          summary: one.data.summary,
          mark: found.get(one.data.name)?.mark || "",
        });
      if (one.type === "alert.marked")
        found.set(one.data.alert, {
          name: one.data.alert,
          summary: found.get(one.data.alert)?.summary ?? "",
          mark: one.data.mark,
        });
    }
    return [...found.values()];
  }, [records]);
  const mark = useAct((alert: string, as: string) => api.post("/v1/marks", { alert, mark: as }));
  return (
    <Card title="Source or symptom" className="span12" id="marks">
      {!alerts.length && <Empty>No alerts yet.</Empty>}
      <ul className="plain">
        {alerts.map((one) => (
          <li className="piece" key={one.name}>
            <div>
              <strong>{one.name}</strong> <span className="muted">{one.summary}</span>
            </div>
            <div className="actions" role="group" aria-label={`What ${one.name} is`}>
              {choices.marks.map((as) => (
                <Button
                  key={as}
                  aria-pressed={one.mark === as}
                  busy={mark.busy}
                  onClick={() => mark.run(one.name, as)}
                >
                  {as}
                </Button>
              ))}
            </div>
          </li>
        ))}
      </ul>
      <ErrorNote error={mark.error} />
    </Card>
  );
}
