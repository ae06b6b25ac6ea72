import { expect, test } from "vitest";
import { dateTime } from "./format";
import { localTimes } from "./stamps";

const STAMP = "2026-11-30T20:15:07.123Z";

test("stamps of the record are read on one's own clock, whatever stands around them", () => {
  const local = dateTime(Date.parse(STAMP));
  expect(localTimes(`At ${STAMP} it began.`)).toBe(`At ${local} it began.`);
  expect(localTimes(`| ${STAMP} | page |\n| ${STAMP} | ack |`)).toBe(
    `| ${local} | page |\n| ${local} | ack |`,
  );
});

test("a link to evidence keeps the moments that it asks with", () => {
  const link = `promql:up @${STAMP}..${STAMP}`;
  expect(localTimes(link)).toBe(link);
});
