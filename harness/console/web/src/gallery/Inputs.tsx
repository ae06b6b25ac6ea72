import { useState } from "react";
import { Button } from "@/components/Button";
import { Card } from "@/components/Card";
import { Choice } from "@/components/Choice";
import { Field } from "@/components/Field";
import { Lines, Percent, Pick } from "@/components/inputs";

const KINDS = ["", "primary", "danger", "quiet"];
const OF = [
  ["rollback", "Roll back"],
  ["restart", "Restart"],
] as const;

export function Inputs() {
  const [value, setValue] = useState<"rollback" | "restart">("rollback");
  const [text, setText] = useState("");
  const [share, setShare] = useState(60);
  const [cause, setCause] = useState("");
  return (
    <Card title="What is chosen and written" id="inputs">
      <h3>Button</h3>
      {KINDS.map((kind) => (
        <div className="actions" key={kind}>
          <Button kind={kind}>{kind || "plain"}</Button>
          <Button kind={kind} busy>
            {kind || "plain"}, busy
          </Button>
          <Button kind={kind} disabled>
            {kind || "plain"}, disabled
          </Button>
          <Button kind={kind} aria-pressed>
            {kind || "plain"}, pressed
          </Button>
        </div>
      ))}
      <h3>Choice</h3>
      <Choice label="Action" value={value} of={OF} onPick={setValue} />
      <h3>Fields</h3>
      <Field label="A line" hint="What it is for">
        <input value={text} onChange={(event) => setText(event.currentTarget.value)} />
      </Field>
      <Field label="A line that cannot be written">
        <input value="as it is" disabled />
      </Field>
      <Pick
        label="One of several"
        value={cause}
        of={["slow-dependency", "leak"]}
        onPick={setCause}
        none="not named yet"
      />
      <Lines label="Several lines" value={text} onText={setText} required hint="Required" />
      <Percent label="Probability" value={share} onNumber={setShare} />
    </Card>
  );
}
