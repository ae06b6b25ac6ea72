// Who looks: the token of the drill, a name, and what to call the API with.
//
// The token comes in the address' fragment, which no server ever sees, and leaves the address bar at
// once. It is kept for this tab alone; a cookie would travel to every port of 127.0.0.1.

const TOKEN = "drill-token";
const PERSON = "drill-person";

function takeTokenFromAddress() {
  const match = /(?:^#|&)token=([A-Za-z0-9_-]+)/.exec(location.hash);
  if (!match) return false;
  // What was being written belongs to the drill of the key before.
  if (sessionStorage.getItem(TOKEN) !== match[1]) sessionStorage.clear();
  sessionStorage.setItem(TOKEN, match[1]);
  history.replaceState(null, "", location.pathname + "#/now");
  return true;
}

takeTokenFromAddress();
// A link that is opened in this tab changes nothing but the fragment: begin anew with its key.
addEventListener("hashchange", () => takeTokenFromAddress() && location.reload());

export const session = {
  get token() { return sessionStorage.getItem(TOKEN) || ""; },
  get person() { return localStorage.getItem(PERSON) || ""; },
  set person(name) { localStorage.setItem(PERSON, name); },
  headers() {
    const headers = { Authorization: `Bearer ${this.token}` };
    if (this.person) headers["X-Person"] = encodeURIComponent(this.person);
    return headers;
  },
};

/** What the API refused, in its own words: `status`, `title`, `detail`, `hint`. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || `the console answered ${status}`);
    Object.assign(this, { status, title: problem.title || "", detail: this.message, hint: problem.hint || "" });
  }
}

export class Unreachable extends Error {
  constructor() {
    super("The drill does not answer.");
    this.hint = "It may have ended; see the terminal that runs it.";
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { ...session.headers(), ...options.headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  return response;
}

function withParams(path, params) {
  const known = Object.entries(params || {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const query = new URLSearchParams(known.map(([key, value]) => [key, String(value)]));
  return known.length ? `${path}?${query}` : path;
}

export const api = {
  async get(path, params, signal) {
    return (await ask(withParams(path, params), { signal })).json();
  },
  async post(path, body) {
    const response = await ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body || {}),
    });
    return response.json();
  },
  /** A long operation: JSON lines `{progress}`, then `{result}` or `{error}`. Returns the result. */
  async run(path, body, onProgress) {
    const response = await ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body || {}),
    });
    let result;
    for await (const line of lines(response.body)) {
      if (!line) continue;
      const said = JSON.parse(line);
      if (said.progress) onProgress(said.progress);
      if (said.error) throw new Refused(said.error.status, said.error);
      if ("result" in said) result = said.result;
    }
    return result;
  },
  async stream(after, signal) {
    const headers = { "Last-Event-ID": String(after) };
    return (await ask("/v1/stream", { headers, signal, cache: "no-store" })).body;
  },
};

/** The lines of a byte stream, without their ends. */
export async function* lines(body) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const parts = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = parts.pop();
      yield* parts;
    }
    if (rest) yield rest;
  } finally {
    reader.cancel().catch(() => {});
  }
}
