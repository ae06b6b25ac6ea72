// What the API answers of the drill: names that the pages use for types of its document.

import type { RecordedEvent, Status } from "./schema";

export type {
  AlertFired as Alert,
  AgendaPhase as Phase,
  Change as ReleaseDiff,
  Choices,
  Clock,
  Deck as Plan,
  DeckPhase as PlanPhase,
  Deploy,
  DrillAnswer as Answer,
  Exercise,
  Flag,
  ImpactSampled as Impact,
  JudgedDiagnosis as Judged,
  Message,
  Over,
  Page as PageSent,
  PageSummary as StatusSummary,
  Pickable as Scenarios,
  PlannedMessage,
  Postmortem as Paper,
  Proof,
  Role,
  ServiceStatus as Service,
  Status,
  UpdateAsRead as Update,
} from "./schema";

export type Tone = Exclude<RecordedEvent["tone"], "">;
export type Audience = Status["audience"];
