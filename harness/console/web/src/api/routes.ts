// The API's routes as types, read off its document: what each takes, and what it answers.

import type { paths } from "./schema";

type Method = "get" | "post";
type Template = keyof paths & string;

/** Templates that are asked by a method. */
type Of<M extends Method> = {
  [T in Template]: paths[T][M] extends { responses: unknown } ? T : never;
}[Template];

/** A template as it is asked for: `/v1/traces/{trace_id}` with any text for its hole. */
type Filled<T extends string> = T extends `${infer Begin}{${string}}${infer End}`
  ? `${Begin}${string}${Filled<End>}`
  : T;

export type GetPath = Filled<Of<"get">>;
export type PostPath = Filled<Of<"post">>;

/** The template that a path is of; one without holes comes first. */
type TemplateOf<P extends string> = P extends Template
  ? P
  : { [T in Template]: P extends Filled<T> ? T : never }[Template];

type Operation<M extends Method, P extends string> = paths[TemplateOf<P>][M];

type Content<O> = O extends { responses: { 200: { content: infer C } } } ? C[keyof C] : never;

/** What a route answers; of a long operation and of the stream, one line or frame. */
export type AnswerOf<M extends Method, P extends string> = Content<Operation<M, P>>;

/** What a long operation comes to; never for what is answered at once. */
export type ResultOf<P extends string> =
  Extract<AnswerOf<"post", P>, { result: unknown }> extends { result: infer R } ? R : never;

type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;

/** The fields of a query; those that are empty are left out. */
export type ParamsOf<P extends GetPath> = {
  [K in keyof QueryOf<Operation<"get", P>>]?: QueryOf<Operation<"get", P>>[K] | null | "";
};

type Sent<O> = O extends { requestBody?: infer B }
  ? NonNullable<B> extends { content: { "application/json": infer J } }
    ? NonNullable<J>
    : Record<string, never>
  : Record<string, never>;

/** The body of a route. */
export type BodyOf<P extends PostPath> = Sent<Operation<"post", P>>;
