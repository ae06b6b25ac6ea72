// The record of a drill as the console reads it: one event each, told apart by its `type`.

import type { RecordedEvent } from "./schema";

export type {
  AlertFired as AlertData,
  DeployStarted as DeployData,
  DiagnosisDeclared as DiagnosisData,
  Hypothesis as HypothesisData,
  HypothesesRevised as RevisionData,
  IncidentDeclared as IncidentData,
  TriageWritten as TriageData,
  UpdatePosted as UpdateData,
  VerifyResult,
} from "./schema";

/** The data of events, by their type. */
export type RecordData = { [R in RecordedEvent as R["type"]]: R["data"] };

export type RecordType = keyof RecordData;

/** What every event has, whatever it tells. */
export type RecordFrame = Pick<
  RecordedEvent,
  "id" | "time" | "actor" | "drilltimems" | "label" | "text" | "tone"
>;

export type RecordOf<T extends RecordType> = {
  [K in T]: RecordFrame & { type: K; data: RecordData[K] };
}[T];

/** An event. A host may know more types than its document: the pages show them by `label` and
 * `text` alone. */
export type DrillRecord = RecordOf<RecordType>;
