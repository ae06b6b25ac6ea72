import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Status } from "@/api/types";
import { PhaseBar } from "./PhaseBar";

function said(remaining_s: number): string {
  const clock = { phase_title: "Postmortem", remaining_s, is_running: false, is_paused: false };
  const exercise = { clock, speed: 1, update_due_s: null, agenda: "workshop-60" };
  const status = { exercise, elapsed_s: 0 } as unknown as Status;
  return renderToStaticMarkup(<PhaseBar status={status} at={0} isOver={false} />);
}

test("a phase says what is left of it, and past its end that its time is up", () => {
  expect(said(61)).toContain("1:01 left");
  expect(said(0)).toContain("time is up");
  expect(said(0)).not.toContain("left");
});
