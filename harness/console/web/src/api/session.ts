// Who looks: the token of the drill, a name, and what to call the API with.
//
// The token comes in the address' fragment, which no server ever sees, and leaves the address bar
// at once. It is kept for this tab alone; a cookie would travel to every port of 127.0.0.1.

const TOKEN = "drill-token";
const PERSON = "drill-person";
/** Of a hub: it is a person's own, and outlives the tab, as the invite that it came by does not. */
const HUB_TOKEN = "hub-token";

function takeTokenFromAddress(): boolean {
  const token = /(?:^#|&)token=([A-Za-z0-9_-]+)/.exec(location.hash)?.[1];
  if (!token) return false;
  // What was being written belongs to the drill of the key before.
  if (sessionStorage.getItem(TOKEN) !== token) sessionStorage.clear();
  sessionStorage.setItem(TOKEN, token);
  history.replaceState(null, "", location.pathname + "#/now");
  return true;
}

takeTokenFromAddress();

// A link that is opened in this tab changes nothing but the fragment: begin anew with its key.
addEventListener("hashchange", () => {
  if (takeTokenFromAddress()) location.reload();
});

/** What somebody was writing is nobody else's at this browser. */
function forgetDrafts() {
  for (const key of Object.keys(localStorage))
    if (key.startsWith("draft/")) localStorage.removeItem(key);
}

export const session = {
  get token(): string {
    return sessionStorage.getItem(TOKEN) || localStorage.getItem(HUB_TOKEN) || "";
  },
  get person(): string {
    return localStorage.getItem(PERSON) || "";
  },
  set person(name: string) {
    localStorage.setItem(PERSON, name);
  },
  /** Somebody signs in at a hub; with nothing, they sign out. */
  enter(token: string, person: string) {
    sessionStorage.clear();
    if (person !== this.person) forgetDrafts();
    localStorage.setItem(HUB_TOKEN, token);
    localStorage.setItem(PERSON, person);
  },
  headers(): Record<string, string> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}` };
    if (this.person) headers["X-Person"] = encodeURIComponent(this.person);
    return headers;
  },
};
