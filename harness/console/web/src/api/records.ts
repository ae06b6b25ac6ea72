// The record of a drill as the console reads it: one event each, told apart by its `type`.
// What the harness writes is in harness/record/events; here stands what the pages look at.

import type { Tone } from "./types";

export interface VerifyResult {
  measure: string;
  /** Not finite where it could not be compared: then a word. */
  value: number | string | null;
  at_page: number | string | null;
  healthy: number | string | null;
  bound: string;
  holds: boolean;
}

export interface HypothesisData {
  id: string;
  text: string;
  probability_percent: number;
  service: string;
  mechanism: string;
  evidence_for: string[];
  evidence_against: string[];
}

export interface DeployData {
  deploy_id: string;
  service: string;
  version_from: string;
  version_to: string;
  commit: string;
  kind: string;
  by: string;
  summary: string;
  error: string;
}

export interface AlertData {
  fingerprint: string;
  name: string;
  severity: string;
  summary: string;
  service: string;
}

export interface IncidentData {
  severity: string;
  summary: string;
  systems: string[];
  users_affected: number | null;
  blast_radius: string;
  escalate: string[];
  by: string;
}

export interface TriageData {
  known: string[];
  unknown: string[];
  priorities: { kind: string; text: string }[];
  not_doing_yet: string[];
  by: string;
}

export interface RevisionData {
  hypotheses: HypothesisData[];
  reason: string;
  by: string;
}

export interface DiagnosisData {
  service: string;
  mechanism: string;
  confidence_percent: number;
  evidence: string[];
  note: string;
  by: string;
}

export interface UpdateData {
  status: string;
  what_happened: string;
  what_we_did: string;
  current_state: string;
  confidence_percent: number;
  unknowns: string[];
  next_steps: string[];
  readers: string;
  by: string;
  components: Record<string, string> | null;
}

/** The data of the events that a page reads, by their type. */
export interface RecordData {
  "alert.fired": AlertData;
  "alert.resolved": AlertData;
  "alert.marked": { alert: string; mark: string; reason: string; by: string };
  "page.sent": { page_id: string; alert: string; severity: string; summary: string };
  "deploy.started": DeployData;
  "deploy.succeeded": DeployData;
  "deploy.failed": DeployData;
  "flag.switched": { service: string; name: string; enabled: boolean; by: string };
  "impact.sampled": { users_affected: number; revenue_lost: number; success_ratio: number };
  "verify.finished": { passed: boolean; results: VerifyResult[] };
  "incident.declared": IncidentData;
  "triage.written": TriageData;
  "hypotheses.revised": RevisionData;
  "diagnosis.declared": DiagnosisData;
  "cause.confirmed": { diagnosis_seq: number; right: boolean; note: string; by: string };
  "update.posted": UpdateData;
  "inject.delivered": { inject_id: string; kind: string; sender: string; text: string };
  "answer.revealed": { title: string; service: string; mechanism: string; locus: string };
  "note.added": { text: string; by: string };
  "reflection.written": { kind: string; text: string; by: string; question: string };
  "cause.analysed": { level: string; text: string; confidence_percent: number; by: string };
  "learning.stored": { kind: string; fields: Record<string, string | string[]>; by: string };
  "action-item.added": { item_id: string; text: string; owner: string; check: string; by: string };
}

export type RecordType = keyof RecordData;

/** What every event has, whatever it tells. */
export interface RecordFrame {
  /** Its number in the record. */
  id: string;
  time: string;
  actor: string;
  drilltimems: number;
  /** Empty for what is only a measurement. */
  label: string;
  text: string;
  tone: Tone;
}

export type RecordOf<T extends RecordType> = {
  [K in T]: RecordFrame & { type: K; data: RecordData[K] };
}[T];

/** An event. There are more types than these; the pages show them by `label` and `text` alone. */
export type DrillRecord = RecordOf<RecordType>;
