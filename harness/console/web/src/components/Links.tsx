import { X } from "lucide-react";
import { href } from "@/lib/address";
import { askedBy } from "@/lib/promql";

/** Where a link of evidence can be looked at; null where the console has no page for it. */
export function placeOf(link: string): string | null {
  const colon = link.indexOf(":");
  const kind = link.slice(0, colon);
  const target = link.slice(colon + 1);
  if (kind === "trace") return href("traces", { trace: target });
  if (kind === "commit") return href("changes");
  if (kind === "log") return href("logs");
  if (kind === "alert") return href("timeline");
  return kind === "promql" ? href("query", { ...askedBy(link) }) : null;
}

/** Links as chips that can be looked at, and taken away where `onRemove` is given. */
export function Links({
  links,
  label,
  onRemove,
}: {
  links: readonly string[];
  label: string;
  onRemove?: (link: string) => void;
}) {
  if (!links.length) return null;
  return (
    <div className="chips" aria-label={label}>
      {links.map((link) => (
        <span className="chip mono" key={link}>
          {placeOf(link) ? <a href={placeOf(link) ?? undefined}>{link}</a> : link}
          {onRemove && (
            <button type="button" onClick={() => onRemove(link)} aria-label={`Remove ${link}`}>
              <X className="icon" aria-hidden="true" />
            </button>
          )}
        </span>
      ))}
    </div>
  );
}
