/** What somebody who opens the console for the first time has to know. */
export const ABOUT =
  "This is an incident drill: a real shop runs under real load, and at some point it breaks the way shops do in production. As a team, find out what happened, contain it, prove the fix and keep stakeholders informed; everything you need is in this page.";
