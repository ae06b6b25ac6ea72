/** Text lines of a box as a list, empty ones left out. */
export const asList = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
export const words = (id: string): string => id.replaceAll("-", " ").replaceAll("_", " ");
export const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;
/** sev1 → "SEV-1". */
export const severityName = (severity: string): string =>
  severity.toUpperCase().replace("SEV", "SEV-");
