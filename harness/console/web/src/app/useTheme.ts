import { useEffect, useState } from "react";

const NEXT = { auto: "dark", dark: "light", light: "auto" } as const;
type Theme = keyof typeof NEXT;

function kept(): Theme {
  const found = localStorage.getItem("theme") || "auto";
  return found in NEXT ? (found as Theme) : "auto";
}

/** The theme, and what changes to the next one. */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(kept);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  }, [theme]);
  return [theme, () => setTheme(NEXT[theme])];
}
