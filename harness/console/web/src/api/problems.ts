// What can go wrong with a question, for people: a sentence, and what to do about it.

import type { Problem as ProblemDetails } from "./schema";

export interface Problem extends Error {
  status?: number;
  hint?: string;
}

/** A refusal as the API words it, of which anything may be missing where something else answers. */
export type ProblemJson = Partial<ProblemDetails>;

/** What the API refused, in its own words. */
export class Refused extends Error implements Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly hint: string;

  constructor(status: number, problem: ProblemJson) {
    super(problem.detail || `the console answered ${status}`);
    this.status = status;
    this.title = problem.title || "";
    this.detail = this.message;
    this.hint = problem.hint || "";
  }
}

export class Unreachable extends Error implements Problem {
  readonly hint = "It may have ended; see the terminal that runs it.";

  constructor() {
    super("The drill does not answer.");
  }
}

/** Whatever was thrown, as what can be shown. */
export function problemOf(thrown: unknown): Problem {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

export function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "AbortError";
}
