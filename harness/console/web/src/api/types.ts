// What the API answers of the drill, as far as the pages read it.

export type Tone = "good" | "warn" | "bad" | "quiet" | "info";
export type Audience = "all" | "instructor";

export interface Service {
  name: string;
  calls: string[];
  version: string | null;
  up: boolean | null;
  requests_per_s: number | null;
  error_ratio: number | null;
  p95_ms: number | null;
}

export interface Alert {
  fingerprint: string;
  name: string;
  severity: string;
  summary: string;
}

export interface PageSent {
  page_id: string;
  alert: string;
  severity: string;
  summary: string;
  sent_ms: number;
  acknowledged_by: string | null;
}

export interface Impact {
  users_affected: number;
  revenue_lost: number;
  success_ratio: number;
}

export interface Clock {
  is_running: boolean;
  is_paused: boolean;
  is_over: boolean;
  phase: string;
  phase_title: string;
  remaining_s: number | null;
}

export interface Phase {
  id: string;
  title: string;
  duration_s: number | null;
}

export interface Message {
  id: string;
  kind: string;
  sender: string;
  text: string;
  seq: number;
}

export interface Exercise {
  agenda: string;
  title: string;
  speed: number;
  clock: Clock;
  phases: Phase[];
  /** Role → the people who hold it. */
  roles: Record<string, string[]>;
  messages: Message[];
  hints: string[];
  update_due_s: number | null;
}

export interface Status {
  drill_id: string;
  audience: Audience;
  phase: string;
  elapsed_s: number;
  services: Service[];
  alerts: Alert[];
  pages: PageSent[];
  impact: Impact | null;
  machine_busy: string;
  exercise: Exercise;
  next: string;
}

/** The end of the drill, as the stream tells it. */
export interface Over {
  reason: string;
}

export interface Choices {
  severities: string[];
  escalations: string[];
  priorities: string[];
  marks: string[];
  update_statuses: string[];
  component_statuses: string[];
  readers: string[];
  channels: string[];
  cause_levels: string[];
  services: string[];
  mechanisms: string[];
  /** Kind of lesson → its fields. */
  learnings: Record<string, string[]>;
  /** Fields that are lists. */
  learning_lists: string[];
  /** Check → its title. */
  checks: Record<string, string>;
  questions: string[];
  first_update_within_s: number;
  update_every_s: number;
}

export interface Role {
  id: string;
  title: string;
  responsibilities: string[];
}

export interface Deploy {
  deploy_id: string;
  at: string;
  service: string;
  version_from: string;
  version_to: string;
  commit: string;
  kind: string;
  by: string;
  summary: string;
  outcome: string;
  error: string;
}

export interface Flag {
  service: string;
  name: string;
  /** Null where its service does not say. */
  enabled: boolean | null;
}

export interface ReleaseDiff {
  notes: string;
  diff: string;
}

export interface Update {
  at: string;
  status: string;
  readers: string;
  text: string;
}

/** Statuspage's summary, as the shop's status page gives it to everybody. */
export interface StatusSummary {
  status: { indicator: string; description: string };
  components: { id: string; name: string; status: string }[];
  incidents: {
    id: string;
    name: string;
    incident_updates: { id: string; status: string; body: string; created_at: string }[];
  }[];
}

export interface Paper {
  text: string;
  version: string;
  by: string;
  at: string | null;
  draft: string;
  is_draft: boolean;
}

export interface PlannedMessage {
  id: string;
  kind: string;
  sender: string;
  text: string;
  when: string;
  delivered: boolean;
}

export interface Answer {
  scenario: string;
  seed: number | string;
  faults: {
    id: string;
    title: string;
    service: string;
    mechanism: string;
    locus: string;
    hints: string[];
  }[];
  declared: Judged[];
  evidence_min: number;
}

/** How a declared diagnosis stands to the answer. */
export interface Judged {
  seq: number;
  right: boolean;
  evidence: number;
}

/** What the matrix found of a scenario; null where it did not try. */
export interface Proof {
  holds: boolean;
  shortfalls: string[];
  page_s: number | null;
  found: boolean | null;
  rollback: boolean | null;
  fix: boolean | null;
  cheats: number;
  cheats_rejected: number;
}

export interface Scenarios {
  scenarios: { id: string; title: string; proof: Proof | null }[];
  agendas: Record<string, string>;
  tried_at: string | null;
}

export interface PlanPhase {
  title: string;
  ai: string;
  begin_s: number;
  end_s: number | null;
  objectives: string[];
  questions: string[];
}

export interface Plan {
  title: string;
  objectives: string[];
  phases: PlanPhase[];
}
