import { expect, test } from "vitest";
import { boxesOf, hottest, readFlame, readStacks } from "./flame";

const FRAMES = [
  { name: "run", file: "/x/lib/python3.11/site-packages/uvicorn/server.py", line: 7 },
  { name: "charge", file: "/drill/releases/ab/services/payments/domain.py", line: 42 },
  { name: "round", file: "/drill/releases/ab/services/payments/money.py", line: 3 },
];

const profile = (samples: number[][], weights: number[], name = 'Thread 1 "MainThread"') => ({
  name,
  samples,
  weights,
});

const content = (...profiles: ReturnType<typeof profile>[]) =>
  JSON.stringify({ shared: { frames: FRAMES }, profiles });

const ONE = content(profile([[0, 1], [0, 1, 2], [0]], [0.5, 0.25, 0.25]));

test("stacks become a tree in which each call has its share", () => {
  const root = readFlame(ONE);
  const run = root?.calls.get('Thread 1 "MainThread" ')?.calls.get("run uvicorn/server.py:7");
  const charge = run?.calls.get("charge services/payments/domain.py:42");
  expect([root?.total, run?.total, run?.self]).toEqual([1, 1, 0.25]);
  expect([charge?.total, charge?.self, charge?.isOwn, run?.isOwn]).toEqual([
    0.75,
    0.5,
    true,
    false,
  ]);
});

test("a thread's name is no call of its own, and a library's place is short", () => {
  const frames = [
    { name: "thread (7): MainThread", file: "", line: 0 },
    { name: "wait", file: "/root/.pyenv/lib/python3.11/threading.py", line: 320 },
  ];
  const profiles = [profile([[0, 1]], [1])];
  const root = readFlame(JSON.stringify({ shared: { frames }, profiles }));
  const thread = root?.calls.get('Thread 1 "MainThread" ');
  expect([...(thread?.calls.keys() ?? [])]).toEqual(["wait threading.py:320"]);
});

test("boxes lie below their callers and beside each other", () => {
  const root = readFlame(content(profile([[0]], [3]), profile([[1]], [1], "Thread 2")));
  const boxes = root ? boxesOf(root) : [];
  expect(boxes.map(({ frame, depth, left, width }) => [frame.name, depth, left, width])).toEqual([
    ["all threads", 0, 0, 1],
    ['Thread 1 "MainThread"', 1, 0, 0.75],
    ["run", 2, 0, 0.75],
    ["Thread 2", 1, 0.75, 0.25],
    ["charge", 2, 0.75, 0.25],
  ]);
});

test("what is zoomed into has the whole width, with the way to it above", () => {
  const root = readFlame(content(profile([[0]], [3]), profile([[1], [1, 2]], [0.5, 0.5], "T2")));
  const boxes = root ? boxesOf(root, "0/1/0") : [];
  expect(boxes.map(({ frame, left, width }) => [frame.name, left, width])).toEqual([
    ["all threads", 0, 1],
    ["T2", 0, 1],
    ["charge", 0, 1],
    ["round", 0, 0.5],
  ]);
});

test("what is too narrow to be seen is left out", () => {
  const root = readFlame(content(profile([[0], [1]], [9999, 1])));
  expect(root && boxesOf(root).map((box) => box.frame.name)).not.toContain("charge");
});

test("the hottest functions come first, and one that calls itself counts once", () => {
  const root = readFlame(content(profile([[1, 1, 2], [1], [0]], [0.5, 0.3, 0.2])));
  expect(root && hottest(root).map((one) => [one.name, one.self, one.total])).toEqual([
    ["round", 0.5, 0.5],
    ["charge", 0.3, 0.8],
    ["run", 0.2, 0.2],
  ]);
});

test("nothing that was seen is no division by nothing, and no JSON is no profile", () => {
  expect(readFlame(content())?.total).toBe(0);
  expect(readFlame("<svg>")).toBeNull();
});

test("each thread of a dump has its calls, and says whether it waits", () => {
  const dump = [
    "Process 7: payments v2.4.1",
    "Python v3.11.7 (/usr/bin/python3.11)",
    "",
    'Thread 7 (active+gil): "MainThread"',
    "    charge (services/payments/domain.py:42)",
    "    run (uvicorn/server.py:7)",
    'Thread 9 (idle): "worker-1"',
    "    wait (threading.py:320)",
  ].join("\n");
  expect(readStacks(dump)).toEqual([
    {
      title: 'Thread 7 (active+gil): "MainThread"',
      isWaiting: false,
      calls: ["charge (services/payments/domain.py:42)", "run (uvicorn/server.py:7)"],
    },
    {
      title: 'Thread 9 (idle): "worker-1"',
      isWaiting: true,
      calls: ["wait (threading.py:320)"],
    },
  ]);
});
