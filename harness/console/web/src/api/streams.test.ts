import { expect, test } from "vitest";
import { lines, texts } from "./streams";

function sent(...parts: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const part of parts)
        controller.enqueue(typeof part === "string" ? encoder.encode(part) : part);
      controller.close();
    },
  });
}

async function all(found: AsyncGenerator<string>): Promise<string[]> {
  const said: string[] = [];
  for await (const one of found) said.push(one);
  return said;
}

test("a letter that two parts share is one letter", async () => {
  const [first, ...others] = new TextEncoder().encode("ü!");
  const found = await all(texts(sent(new Uint8Array([first ?? 0]), new Uint8Array(others))));
  expect(found.join("")).toBe("ü!");
});

test("lines are whole wherever the parts end, and the last needs no end", async () => {
  expect(await all(lines(sent('{"a"', ":1}\n\n{", '"b":2}')))).toEqual(['{"a":1}', "", '{"b":2}']);
});

test("an answer without a body has no lines", async () => {
  expect(await all(lines(null))).toEqual([]);
});

test("whoever stops reading ends the stream", async () => {
  let ended = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("line\n")),
    cancel: () => {
      ended = true;
    },
  });
  for await (const line of lines(endless)) if (line) break;
  expect(ended).toBe(true);
});
