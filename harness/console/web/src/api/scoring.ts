// What the API answers of scores, of this drill and of those before it.

/** A duration on the wall's clock and on the agenda's. */
export interface Duration {
  wall_ms: number;
  agenda_ms: number;
}

export type Verdict =
  "given" | "not given" | "for the instructor" | "no data" | "does not apply" | "judged";

export interface ScoreLine {
  line: string;
  text: string;
  points: number;
  points_max: number;
  verdict: Verdict;
  because: string;
  seqs: number[];
}

export interface ScoreSection {
  id: string;
  title: string;
  is_bonus: boolean;
  points: number;
  points_max: number;
  lines: ScoreLine[];
}

export interface ReliabilityBin {
  low: number;
  high: number;
  count: number;
  mean_percent: number;
  true_share: number;
}

export interface Classification {
  pattern: "panic" | "structured" | "mixed" | "no data";
  signs: { name: string; what: string; says: string; seqs: number[] }[];
  actions: number;
  hypotheses: number;
}

export interface CalibrationRow {
  decision: string;
  confidence: string;
  outcome: string;
  calibrated: string;
}

export interface Cadence {
  updates: number;
  first: Duration | null;
  longest_gap: Duration | null;
  first_in_time: boolean | null;
  gaps_in_time: boolean | null;
}

export interface EtaOutcome {
  seq: number;
  label: string;
  outcome: string;
  verdict: string;
}

export interface CauseTime {
  took: Duration | null;
  target_ms: number | null;
  met: boolean | null;
}

export interface Score {
  total: number;
  total_max: number;
  bonus: number;
  bonus_max: number;
  open_points: number;
  hint_points: number;
  brier: number | null;
  sections: ScoreSection[];
  classification: Classification;
  table: CalibrationRow[];
  reliability: ReliabilityBin[];
  etas: EtaOutcome[];
  cadence: Cadence;
  cause_time: CauseTime;
}

export interface PastDrill {
  drill_id: string;
  began_at: string;
  scenario: string;
  outcome: string;
  kpis: {
    times: Record<"ttd" | "tta" | "tti" | "ttm" | "ttr", Duration | null>;
    users_affected: number | null;
    revenue_lost: number | null;
  };
  points: number;
  points_max: number;
  bonus: number;
  brier: number | null;
  excluded_because: string | null;
  counts: boolean;
}

export interface History {
  running: string;
  drills: PastDrill[];
  averages: Record<string, number | null>;
  reliability: ReliabilityBin[];
  unreadable: string[];
}
