import type { SyntheticEvent } from "react";
import { words } from "@/lib/words";
import { Field } from "./Field";

interface PickProps {
  label: string;
  value: string;
  of: readonly string[];
  onPick: (value: string) => void;
  none?: string;
  required?: boolean;
  hint?: string;
}

interface LinesProps {
  label: string;
  value: string;
  onText: (text: string) => void;
  hint?: string;
  rows?: number;
  required?: boolean;
}

/** One of a list of words; `none` is what an empty choice is called, where it may be empty. */
export function Pick({ label, value, of, onPick, none, required, hint }: PickProps) {
  return (
    <Field label={label} hint={hint}>
      <select
        value={value}
        required={required}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        {none !== undefined && <option value="">{none}</option>}
        {of.map((one) => (
          <option key={one} value={one}>
            {words(one)}
          </option>
        ))}
      </select>
    </Field>
  );
}

export function Lines({ label, value, onText, hint, rows = 3, required }: LinesProps) {
  return (
    <Field label={label} hint={hint}>
      <textarea
        rows={rows}
        required={required}
        value={value}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </Field>
  );
}

/** A whole percentage, by hand or by sliding. */
export function Percent({
  label,
  value,
  onNumber,
}: {
  label: string;
  value: number;
  onNumber: (value: number) => void;
}) {
  const change = (event: SyntheticEvent<HTMLInputElement>) =>
    onNumber(Math.min(100, Math.max(0, Math.round(Number(event.currentTarget.value)) || 0)));
  return (
    <div className="slider">
      <input type="range" min="0" max="100" value={value} aria-label={label} onInput={change} />
      <span className="percent">
        <input
          type="number"
          min="0"
          max="100"
          value={value}
          aria-label={`${label}, in percent`}
          onInput={change}
        />{" "}
        %
      </span>
    </div>
  );
}
