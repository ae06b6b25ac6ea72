import { useEffect, useState } from "react";

/** What stands after the `?`. */
export type Address = Partial<Record<string, string>>;
export type AddressParams = Record<string, string | number | null | undefined>;

function readHash(): { view: string | undefined; params: Address } {
  const [view, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { view, params: Object.fromEntries(new URLSearchParams(query)) };
}

/** What stands after the `?` of the view's address. */
export function useParams(): Address {
  const [read, setRead] = useState(readHash);
  useEffect(() => {
    const changed = () => setRead(readHash());
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);
  return read.params;
}

/** The address of a view with parameters; empty ones are left out. */
export function href(view: string, params: AddressParams = {}): string {
  const kept = Object.entries(params).flatMap(([name, value]) =>
    value === null || value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  const query = new URLSearchParams(kept).toString();
  return `#/${view}${query ? `?${query}` : ""}`;
}

/**
 * Goes there at once: the browser tells of a new address only later, and a box that stands for a
 * part of it would show what was before until then.
 */
export function go(view: string, params: AddressParams) {
  history.pushState(null, "", href(view, params));
  dispatchEvent(new HashChangeEvent("hashchange"));
}
