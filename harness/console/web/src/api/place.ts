// Where the API of this console's drill is: here, or behind a hub that serves several of them.

/** `/drills/<run>` of an address below it; empty where the drill itself serves the console. */
export function placeIn(path: string): string {
  return /^\/drills\/[\w-]+(?=\/)/.exec(path)?.[0] ?? "";
}

export const place = typeof location === "undefined" ? "" : placeIn(location.pathname);
