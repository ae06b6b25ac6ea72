// Requests to /api: JSON in and out, every one of them bounded in time.

const TIMEOUT_MS = 12_000; // a checkout may take ten seconds on the server

// Something that the shop refused or did not manage. `status` is 0 where no answer came.
export class Problem extends Error {
  constructor(status, title, detail = "") {
    super(title);
    this.status = status;
    this.detail = detail;
  }

  // Whether the shop itself is in trouble, so that trying again later makes sense.
  get isOurs() {
    return this.status === 0 || this.status >= 500;
  }
}

export async function get(path, signal) {
  return request(path, {}, signal);
}

export async function post(path, body, headers = {}, signal) {
  const init = {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...headers },
  };
  return request(path, init, signal);
}

async function request(path, init, signal) {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const either = signal ? AbortSignal.any([signal, limit]) : limit;
  let answer;
  try {
    answer = await fetch(path, { ...init, signal: either });
  } catch (error) {
    if (signal?.aborted) throw error; // the page has moved on; nobody waits for this
    throw new Problem(0, limit.aborted ? "That took too long" : "The shop cannot be reached");
  }
  const content = await answer.json().catch(() => null);
  if (answer.ok && content !== null) return content;
  const title = content?.title ?? "Something went wrong";
  throw new Problem(answer.status, title, asText(content?.detail));
}

function asText(detail) {
  return typeof detail === "string" ? detail : "";
}
