import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const record = (id: number) =>
  `id: ${id}\nevent: record\ndata: {"id":"${id}","type":"note.added"}\n\n`;

/** Answers the stream's n-th question with these parts. */
async function connected(...answers: string[][]) {
  vi.resetModules();
  vi.stubGlobal("location", { hash: "", pathname: "/" });
  vi.stubGlobal("addEventListener", () => {});
  const kept = { getItem: () => "key", setItem: () => {} };
  vi.stubGlobal("sessionStorage", kept);
  vi.stubGlobal("localStorage", kept);
  const asked: RequestInit[] = [];
  vi.stubGlobal("fetch", async (path: string, options: RequestInit) => {
    expect(path).toBe("/v1/stream");
    asked.push(options);
    if (asked.length > answers.length) throw new TypeError("nobody is there any more");
    const encoder = new TextEncoder();
    const parts = answers[asked.length - 1] ?? [];
    return new Response(
      new ReadableStream({
        start(controller) {
          for (const part of parts) controller.enqueue(encoder.encode(part));
          controller.close();
        },
      }),
    );
  });
  const { connect, live } = await import("./live");
  const heard: string[] = [];
  live.eventListeners.add((one) => heard.push(String(one.id)));
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const done = connect();
  await vi.runAllTimersAsync();
  await done;
  return { asked, heard, live };
}

const OVER = 'event: over\ndata: {"reason":"done"}\n\n';

test("events come whole wherever the parts end, past comments, until it is over", async () => {
  const { heard, live } = await connected([
    ": hello\n\nid: 1\nevent: rec",
    'ord\ndata: {"id":"1",\ndata: "type":"note.added"}\n',
    `\nevent: status\ndata: {"drill_id":"d"}\n\n${OVER}`,
  ]);
  expect(heard).toEqual(["1"]);
  expect(live.state.status).toEqual({ drill_id: "d" });
  expect(live.state.connection).toBe("over");
});

test("after a break it asks on from the last, and nothing comes twice", async () => {
  const { asked, heard } = await connected(
    [record(1), record(2), "id: 3\nevent: record\ndata: {"],
    [record(2), record(3), OVER],
  );
  expect(heard).toEqual(["1", "2", "3"]);
  const ids = asked.map((one) => new Headers(one.headers).get("Last-Event-ID"));
  expect(ids.slice(0, 2)).toEqual(["0", "2"]);
});

test("once it is over, its review is asked for at the same place, for a while", async () => {
  const status = 'event: status\ndata: {"drill_id":"d","review":{"begin_s":1,"end_s":2}}\n\n';
  const { asked, heard, live } = await connected([record(1), OVER], [status, record(2)]);
  expect(heard).toEqual(["1", "2"]);
  expect(live.state.status).toMatchObject({ drill_id: "d" });
  expect(live.state.connection).toBe("over");
  expect(asked.length).toBeGreaterThan(2);
});

test("the token stands in a header", async () => {
  const { asked } = await connected([OVER]);
  expect(new Headers(asked[0]?.headers).get("Authorization")).toBe("Bearer key");
});
