// What is written into the box of the lobby: a code, or the link that it came in.

const CODE = /^[A-Za-z0-9_-]+$/;

/** The code in a link of an invite, or by itself; empty where there is none. */
export function codeIn(text: string): string {
  const given = text.trim();
  const linked = /#invite=([A-Za-z0-9_-]+)/.exec(given)?.[1];
  return linked ?? (CODE.test(given) ? given : "");
}

/** The code of the link that was opened; it leaves the address bar at once. */
export function takeCodeFromAddress(): string {
  const code = codeIn(location.hash.startsWith("#invite=") ? location.hash : "");
  if (code) history.replaceState(null, "", location.pathname);
  return code;
}
