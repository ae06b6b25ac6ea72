import { QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { askAgain, queries } from "./queries";
import type { DrillRecord, RecordType } from "./records";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
  queries.clear();
});

/** Somebody who looks at what `answer` says to a question. */
function looking(path: string, params: object | null, answer: () => Promise<unknown>) {
  const observer = new QueryObserver(queries, { queryKey: [path, params], queryFn: answer });
  closing.push(observer.subscribe(() => {}));
  return observer;
}

const record = (type: RecordType) => ({ type }) as DrillRecord;

test("a record asks again for what it changed, whatever the parameters, and for nothing else", async () => {
  const updates = vi.fn(async () => []);
  const flags = vi.fn(async () => []);
  looking("/v1/updates", { reader: "internal" }, updates);
  looking("/v1/flags", null, flags);
  await vi.waitFor(() => expect(queries.isFetching()).toBe(0));
  askAgain(record("update.posted"));
  askAgain(record("note.added"));
  await vi.waitFor(() => expect(queries.isFetching()).toBe(0));
  expect([updates.mock.calls.length, flags.mock.calls.length]).toEqual([2, 1]);
});

test("nothing is asked for where nobody looks", async () => {
  const flags = vi.fn(async () => []);
  const observer = looking("/v1/flags", null, flags);
  await vi.waitFor(() => expect(observer.getCurrentResult().isSuccess).toBe(true));
  closing.pop()?.();
  askAgain(record("flag.switched"));
  expect(queries.isFetching()).toBe(0);
  expect(flags).toHaveBeenCalledTimes(1);
});

test("a refusal is told at once", async () => {
  const refused = vi.fn(() => Promise.reject(new Error("no")));
  const observer = looking("/v1/flags", null, refused);
  await vi.waitFor(() => expect(observer.getCurrentResult().isError).toBe(true));
  expect(refused).toHaveBeenCalledTimes(1);
});
