// A byte stream as lines, and lines as server-sent events.

export interface ServerEvent {
  kind: string;
  data: string;
  id: number | null;
}

/** One server-sent event out of its lines. */
export function parsed(block: readonly string[]): ServerEvent | null {
  const event: ServerEvent = { kind: "message", data: "", id: null };
  for (const line of block) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event.kind = value;
    else if (field === "data") event.data += event.data ? `\n${value}` : value;
    else if (field === "id") event.id = Number(value);
  }
  return event.data ? event : null;
}

/** The lines of a byte stream, without their ends. */
export async function* lines(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  if (!body) return;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const parts = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
    if (rest) yield rest;
  } finally {
    reader.cancel().catch(() => {});
  }
}
