import { Check, Dot, Info, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Tone } from "@/api/types";

const ICONS = { good: Check, warn: TriangleAlert, bad: X, quiet: Dot, info: Info };

/** A state in a word; its sign says the same without the colour. */
export function Badge({ kind = "quiet", children }: { kind?: Tone; children?: ReactNode }) {
  const Icon = ICONS[kind];
  return (
    <span className={`badge ${kind}`}>
      <Icon className="icon" aria-hidden="true" /> {children}
    </span>
  );
}
