// What to run next: every scenario with what the matrix found of it here, and the command for it.

import { place } from "@/api/place";
import { usePoll } from "@/api/usePoll";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { DrillChooser, useDrillChoice } from "@/components/DrillChooser";
import { ErrorNote } from "@/components/ErrorNote";
import { toast } from "@/components/Toast";
import { command } from "@/lib/picking";

/** The next drill; at a hub it is chosen and started there. */
export function Picker() {
  return place ? <AtTheHub /> : <Choose />;
}

function AtTheHub() {
  return (
    <Card title="Next drill" className="span12" id="picker">
      <p>Once this drill is over, the next one starts from the hub’s catalogue.</p>
      <div className="actions">
        <a className="button" href="/#/catalogue">
          Open the catalogue
        </a>
      </div>
    </Card>
  );
}

function Choose() {
  const { data, error } = usePoll("/v1/instructor/scenarios");
  const [choice, put] = useDrillChoice();
  const line = command(choice);
  const copy = async () => {
    await navigator.clipboard.writeText(line);
    void toast("Copied. Run it where this drill runs, after it ends");
  };
  return (
    <Card title="Next drill" className="span12" id="picker">
      <ErrorNote error={error} />
      <DrillChooser known={data} choice={choice} put={put}>
        <div className="actions">
          <code className="command">{line}</code>
          <Button onClick={copy}>Copy</Button>
        </div>
      </DrillChooser>
    </Card>
  );
}
