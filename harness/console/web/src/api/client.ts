// What the API is called with, and how: the token goes in a header, never in an address.

import { moment } from "./moment";
import type { ProblemJson } from "./problems";
import { isAbort, Refused, Unreachable } from "./problems";
import type { AnswerOf, BodyOf, GetPath, ParamsOf, PostPath, ResultOf } from "./routes";
import type { Failed, Progress } from "./schema";
import { place } from "./place";
import { session } from "./session";
import { lines } from "./streams";

interface Asked extends Omit<RequestInit, "headers"> {
  headers?: Record<string, string>;
}

export async function ask(path: string, options: Asked): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(place + path, {
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

function withParams(path: string, params: object | null | undefined): string {
  const known = Object.entries(params || {}).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const query = new URLSearchParams(known.map(([key, value]) => [key, String(value)]));
  return known.length ? `${path}?${query}` : path;
}

export function posted(body: object | undefined): Asked {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body || {}),
  };
}

export const api = {
  async get<P extends GetPath>(
    path: P,
    params?: ParamsOf<P> | null,
    signal?: AbortSignal,
  ): Promise<AnswerOf<"get", P>> {
    const asked = { ...params, ...moment.params() };
    const answer = await ask(withParams(path, asked), signal ? { signal } : {});
    return (await answer.json()) as AnswerOf<"get", P>;
  },
  async post<P extends PostPath>(path: P, body?: BodyOf<P>): Promise<AnswerOf<"post", P>> {
    return (await (await ask(path, posted(body))).json()) as AnswerOf<"post", P>;
  },
  /**
   * A long operation, or one that may become one: JSON lines `{progress}`, then `{result}` or
   * `{error}`. Returns the result.
   */
  async run<P extends PostPath>(
    path: P,
    body: BodyOf<P>,
    onProgress: (text: string) => void,
  ): Promise<ResultOf<P> | undefined> {
    const response = await ask(path, posted(body));
    let result: ResultOf<P> | undefined;
    for await (const line of lines(response.body)) {
      if (!line) continue;
      const said = JSON.parse(line) as Partial<Progress & Failed & { result: ResultOf<P> }>;
      if (said.progress) onProgress(said.progress);
      if (said.error) throw new Refused(said.error.status, said.error);
      if ("result" in said) result = said.result;
    }
    return result;
  },
  async stream(after: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null> {
    const headers = { "Last-Event-ID": String(after) };
    return (await ask("/v1/stream", { headers, cache: "no-store", signal })).body;
  },
};
