// What the API is called with, and how: the token goes in a header, never in an address.

import { lines } from "./eventStream";
import type { ProblemJson } from "./problems";
import { isAbort, Refused, Unreachable } from "./problems";
import { session } from "./session";

/** Fields of a query; empty ones are left out. */
export type Params = Record<string, string | number | boolean | null | undefined>;

interface Asked extends Omit<RequestInit, "headers"> {
  headers?: Record<string, string>;
}

async function ask(path: string, options: Asked): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      ...options,
      headers: { ...session.headers(), ...options.headers },
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Unreachable();
  }
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as ProblemJson;
    throw new Refused(response.status, problem);
  }
  return response;
}

function withParams(path: string, params: Params | null | undefined): string {
  const known = Object.entries(params || {}).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const query = new URLSearchParams(known.map(([key, value]) => [key, String(value)]));
  return known.length ? `${path}?${query}` : path;
}

function posted(body: object | undefined): Asked {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body || {}),
  };
}

/** A line of a long operation. */
interface Said {
  progress?: string;
  result?: unknown;
  error?: ProblemJson & { status: number };
}

export const api = {
  async get<T>(path: string, params?: Params | null, signal?: AbortSignal): Promise<T> {
    const answer = await ask(withParams(path, params), signal ? { signal } : {});
    return (await answer.json()) as T;
  },
  async post<T = unknown>(path: string, body?: object): Promise<T> {
    return (await (await ask(path, posted(body))).json()) as T;
  },
  /** A long operation: JSON lines `{progress}`, then `{result}` or `{error}`. Returns the result. */
  async run(path: string, body: object, onProgress: (text: string) => void): Promise<unknown> {
    const response = await ask(path, posted(body));
    let result: unknown;
    for await (const line of lines(response.body)) {
      if (!line) continue;
      const said = JSON.parse(line) as Said;
      if (said.progress) onProgress(said.progress);
      if (said.error) throw new Refused(said.error.status, said.error);
      if ("result" in said) result = said.result;
    }
    return result;
  },
  async stream(after: number): Promise<ReadableStream<Uint8Array> | null> {
    const headers = { "Last-Event-ID": String(after) };
    return (await ask("/v1/stream", { headers, cache: "no-store" })).body;
  },
};
