import type { ReactNode } from "react";
import { Button } from "./Button";
import type { Shared } from "./useShared";

/** Says that somebody saved meanwhile, and offers what can be done about it. Nothing is lost by any. */
export function Clash<V>({
  shared,
  merge,
  children,
}: {
  shared: Shared<V>;
  merge: (base: V, mine: V, theirs: V) => V;
  children: ReactNode;
}) {
  const { clash } = shared;
  if (!clash) return null;
  return (
    <div className="note warn" role="alert">
      <p>
        <strong>{clash.by || "Somebody"} saved while you were writing.</strong> Your text is kept.
        Theirs:
      </p>
      {children}
      <div className="actions">
        <Button
          kind="primary"
          onClick={() => shared.settle(merge(shared.base, shared.value, clash.value))}
        >
          Merge both
        </Button>
        <Button onClick={() => shared.settle(shared.value)}>Keep mine</Button>
        <Button onClick={shared.discard}>Take theirs</Button>
      </div>
    </div>
  );
}
