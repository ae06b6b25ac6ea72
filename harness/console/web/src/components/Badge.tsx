import type { ReactNode } from "react";
import type { Tone } from "@/api/types";

const ICONS = { good: "✓", warn: "!", bad: "✕", quiet: "·", info: "i" };

/** A state in a word; its sign says the same without the colour. */
export function Badge({ kind = "quiet", children }: { kind?: Tone; children?: ReactNode }) {
  return (
    <span className={`badge ${kind}`}>
      <span aria-hidden="true">{ICONS[kind]}</span> {children}
    </span>
  );
}
