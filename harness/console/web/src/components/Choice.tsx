import type { Key } from "react-aria-components";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";

/** One of a few, all of them in sight; the arrow keys go from one to the next. */
export function Choice<T extends string>({
  label,
  value,
  of,
  onPick,
}: {
  label: string;
  value: T;
  /** What can be chosen, and what it is called. */
  of: readonly (readonly [T, string])[];
  onPick: (value: T) => void;
}) {
  const pick = (keys: ReadonlySet<Key>) => {
    const found = of.find(([id]) => keys.has(id));
    if (found) onPick(found[0]);
  };
  return (
    <ToggleButtonGroup
      className="v-tabs"
      aria-label={label}
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={pick}
    >
      {of.map(([id, text]) => (
        <ToggleButton key={id} id={id}>
          {text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
