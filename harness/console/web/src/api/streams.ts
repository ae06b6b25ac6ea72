// An answer that comes bit by bit, as text and as lines of it.

/** The text of a byte stream as it comes; whoever stops reading ends the stream. */
export async function* texts(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  if (!body) return;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** The lines of a byte stream, without their ends. */
export async function* lines(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  let rest = "";
  for await (const text of texts(body)) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest) yield rest;
}
