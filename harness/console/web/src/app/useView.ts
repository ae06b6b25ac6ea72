import { useEffect, useState } from "react";

const viewOf = () => location.hash.replace(/^#\//, "").split("?")[0] || "now";

/** The id of the view that the address names. */
export function useView(): string {
  const [id, setId] = useState(viewOf());
  useEffect(() => {
    const changed = () => setId(viewOf());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return id;
}
