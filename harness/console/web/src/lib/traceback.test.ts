import { expect, test } from "vitest";
import { foldFrames } from "./traceback";

const frame = (path: string) => `  File "${path}", line 7, in f\n    return g(\n           ^^`;
const library = (name: string) => frame(`/x/lib/python3.11/site-packages/${name}/app.py`);
const shop = frame("/runs/d-1/releases/9fceb02/services/payments/routes.py");

test("frames of libraries are folded, the shop's and the error stay", () => {
  const text = [
    "Traceback:",
    library("starlette"),
    library("fastapi"),
    frame("/py/contextlib.py"),
    library("anyio"),
    shop,
    library("asyncpg"),
    "TimeoutError: no",
    "    connection",
  ].join("\n");
  expect(foldFrames(text)).toBe(
    [
      "Traceback:",
      "  … 4 frames of starlette, fastapi, Python, …",
      shop,
      "  … 1 frame of asyncpg",
      "TimeoutError: no",
      "    connection",
    ].join("\n"),
  );
});

test("what has no frames of libraries stays as it is", () => {
  for (const text of ["ValueError: x", `Traceback:\n${shop}\nValueError: x`, ""])
    expect(foldFrames(text)).toBe(text);
});
