import type { DrillRecord } from "@/api/records";
import { expect, test } from "vitest";
import { callsOf, countsOf, seenAtFirst } from "./calls";

const record = (id: number, type: DrillRecord["type"], data: object = {}) =>
  ({ id: String(id), type, time: "", label: type, text: "", tone: "", data }) as DrillRecord;
const page = (id: number, pageId: string) => record(id, "page.sent", { page_id: pageId });
const RECORDS = [
  record(1, "phase.changed"),
  record(2, "note.added"),
  page(3, "p1"),
  record(4, "inject.delivered"),
  page(5, "p2"),
  record(6, "hint.taken"),
  record(7, "cause.confirmed"),
  record(8, "answer.revealed"),
];
const NOBODY = [
  { page_id: "p1", acknowledged_by: null },
  { page_id: "p2", acknowledged_by: null },
];
const ADA = NOBODY.map((one) => ({ ...one, acknowledged_by: "Ada" }));
const seqs = (...given: Parameters<typeof callsOf>) => callsOf(...given).map((one) => one.seq);

test("pages, messages, hints, phases, confirmed causes and the answer call; notes do not", () => {
  expect(seqs(RECORDS, NOBODY, 0)).toEqual([1, 3, 4, 5, 6, 7, 8]);
});

test("what was seen calls no more, and neither does a page that somebody took", () => {
  expect(seqs(RECORDS, NOBODY, 4)).toEqual([5, 6, 7, 8]);
  expect(seqs(RECORDS, ADA, 0)).toEqual([1, 4, 6, 7, 8]);
});

test("whoever comes late is called by what waits, and not by what is long over", () => {
  expect(seqs(RECORDS, NOBODY, seenAtFirst(RECORDS, NOBODY))).toEqual([3, 4, 5, 6, 7, 8]);
  expect(seqs(RECORDS, ADA, seenAtFirst(RECORDS, ADA))).toEqual([]);
  expect(seenAtFirst([], [])).toBe(0);
});

test("views count what calls there; a page counts until somebody took it, seen or not", () => {
  expect(Object.fromEntries(countsOf(callsOf(RECORDS, NOBODY, 0), 2))).toEqual({
    now: 2,
    comms: 1,
    timeline: 2,
    diagnosis: 1,
    score: 1,
  });
  expect(Object.fromEntries(countsOf(callsOf(RECORDS, NOBODY, 8), 2))).toEqual({ now: 2 });
});
