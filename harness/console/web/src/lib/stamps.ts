// Moments as the record writes them, where people read them: on their own clock.

import { dateTime } from "./format";

/** A whole stamp; not one of a link to evidence, which has to stay what it is. */
const STAMP = /(?<![@.\w])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?![.\w])/g;

/** The text with each stamp as a local time. */
export function localTimes(text: string): string {
  return text.replaceAll(STAMP, (stamp) => dateTime(Date.parse(stamp)));
}
