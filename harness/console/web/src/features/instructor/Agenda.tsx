import { useState } from "react";
import { api } from "@/api/client";
import type { Exercise } from "@/api/types";
import { useAct } from "@/api/useAct";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { stopwatch } from "@/lib/format";

export function Agenda({ exercise }: { exercise: Exercise }) {
  const { clock, phases, speed } = exercise;
  const [reason, setReason] = useState("");
  const turn = useAct((act: () => Promise<Exercise>) => act());
  const at = phases.findIndex((one) => one.id === clock.phase);
  return (
    <Card
      title={exercise.title}
      className="span12"
      id="agenda"
      actions={speed !== 1 && <Badge kind="info">{speed}× speed</Badge>}
    >
      <ol className="agenda">
        {phases.map((one, index) => (
          <li
            key={one.id}
            aria-current={clock.is_running && index === at ? "step" : undefined}
            className={index < at ? "muted" : ""}
          >
            <span>
              {index < at ? "✓ " : ""}
              {one.title}
            </span>
            <span className="figure">
              {one.duration_s === null ? "open" : stopwatch(one.duration_s)}
            </span>
          </li>
        ))}
      </ol>
      <div className="actions">
        {!clock.is_running && (
          <Button
            kind="primary"
            busy={turn.busy}
            onClick={() => turn.run(() => api.post("/v1/instructor/start"))}
          >
            Start the clock
          </Button>
        )}
        {clock.is_running && !clock.is_over && (
          <>
            {clock.is_paused ? (
              <Button
                kind="primary"
                busy={turn.busy}
                onClick={() => turn.run(() => api.post("/v1/instructor/resume"))}
              >
                Resume
              </Button>
            ) : (
              <Button
                busy={turn.busy}
                onClick={() => turn.run(() => api.post("/v1/instructor/pause", { reason }))}
              >
                Pause
              </Button>
            )}
            {clock.remaining_s !== null &&
              [1, 5].map((more) => (
                <Button
                  key={more}
                  busy={turn.busy}
                  onClick={() =>
                    turn.run(() => api.post("/v1/instructor/extend", { extra_s: more * 60 }))
                  }
                >
                  +{more} min
                </Button>
              ))}
            <Button
              busy={turn.busy}
              onClick={() =>
                turn.run(() => api.post("/v1/instructor/skip", { phase: clock.phase }))
              }
            >
              Next phase
            </Button>
          </>
        )}
      </div>
      {clock.is_running && !clock.is_paused && !clock.is_over && (
        <input
          aria-label="Reason for the pause"
          placeholder="Reason for the pause (recorded)"
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <ErrorNote error={turn.error} />
    </Card>
  );
}
