import { useState } from "react";
import { api } from "@/api/client";
import { useAct } from "@/api/useAct";
import { useLive } from "@/api/useLive";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { ErrorNote } from "@/components/ErrorNote";
import { toast } from "@/components/Toast";

/** The last act: the score is closed, and everything that runs is taken down. */
export function Ending() {
  const { over } = useLive();
  const [sure, setSure] = useState(false);
  const finish = useAct(async () => {
    await api.post("/v1/finish");
    void toast("The drill is ending");
  });
  return (
    <Card title="End of the drill" className="span12" id="ending">
      <p className="muted">
        Closes the score, reveals the answer and stops the shop. The drill’s folder keeps everything
        written.
      </p>
      <label className="field">
        <input
          type="checkbox"
          checked={sure}
          onChange={(event) => setSure(event.currentTarget.checked)}
        />{" "}
        Everybody has finished writing
      </label>
      <Button
        kind="danger"
        busy={finish.busy}
        disabled={!sure || over !== null}
        onClick={() => finish.run()}
      >
        End the drill
      </Button>
      <ErrorNote error={finish.error} />
    </Card>
  );
}
