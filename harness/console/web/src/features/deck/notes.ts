// What whoever presents says to each slide; it stands on none of them.

export type SlideId =
  | "goals"
  | "agenda"
  | "phases"
  | "drill"
  | "drift"
  | "circle"
  | "storm"
  | "tea"
  | "metrics"
  | "notes";

export const TITLES: Record<SlideId, string> = {
  goals: "Goals",
  agenda: "Agenda",
  phases: "Phases",
  drill: "This drill",
  drift: "Floating-point drift",
  circle: "Circular calls",
  storm: "N+1 queries",
  tea: "Tea break",
  metrics: "Success metrics",
  notes: "For the instructor",
};

export const SPEAKER_NOTES: Record<SlideId, readonly string[]> = {
  goals: [
    "Ask who was on call last month, and what the worst minute of it was.",
    "Nobody is judged here: what is scored is what the team does with what it sees.",
    "Say that the answer is sealed: not even you can change it afterwards.",
  ],
  agenda: [
    "Name the moment at which AI opens, and that it opens for a verified cause.",
    "The clock is in the strip under the header; you can pause it and extend a phase.",
    "Everybody opens the participant’s link now and takes a role.",
  ],
  phases: [
    "The page comes in Alerting, and nobody is told which service it is about.",
    "Documentation begins with the first page, not after the fix.",
    "Let each role read its duties in the Guide: one minute of silence.",
  ],
  drill: [
    "Before the reveal, ask only what they see: when it began, what a customer felt.",
    "After it: point at the release, the page and the act, and at the time between them.",
    "Who saw it first, and by which chart?",
  ],
  drift: [
    "Add 0.1 ten times in a Python shell, and compare it with 1.",
    "The ledger is the same orders summed in two ways: neither alone looks wrong.",
    "Ask which test would have caught it before the release.",
  ],
  circle: [
    "Draw the ring on the board, and let three people stand in it, each waiting for the next.",
    "Workers in use rise before latency does: that is the early signal.",
    "A timeout alone ends the waiting, not the ring.",
  ],
  storm: [
    "Show one trace and count the same statement in it.",
    "Latency grows with the data, so tests with ten rows see nothing.",
    "Batch first; what runs in parallel still asks as often.",
  ],
  tea: [
    "Ten minutes, screens down; the clock stands while you pause it.",
    "Two tables tell each other one signal that they missed.",
    "Write the best answer into the channel, for the postmortem.",
  ],
  metrics: [
    "Time to mitigate counts from the page, not from the release.",
    "A drill that was not healed is no failure: say what the next one tries.",
    "History has the same figures for each team, over months.",
  ],
  notes: [
    "For you alone: leave this slide out in front of the team.",
    "The next drill is chosen on your page, under Next drill.",
  ],
};
