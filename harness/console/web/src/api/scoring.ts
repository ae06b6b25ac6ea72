// What the API answers of scores, of this drill and of those before it.

import type { LineScore } from "./schema";

export type {
  Cadence,
  CalibrationRow,
  CauseTime,
  Duration,
  EtaOutcome,
  LineScore as ScoreLine,
  PastDrill,
  ReliabilityBin,
  ResponsePattern as Classification,
  Score,
  ScoreSection,
  Trend as History,
} from "./schema";

export type Verdict = LineScore["verdict"];
