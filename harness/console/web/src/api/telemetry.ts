// What the API answers of metrics, logs and traces.

import type { SeriesColumns } from "./schema";

export type {
  Exemplar,
  JaegerSpan,
  JaegerTag,
  JaegerTrace,
  LogLine,
  Metrics,
  SeriesColumns as Series,
  TraceRow,
  TraceWithLogs as TraceAnswer,
} from "./schema";

export type Labels = SeriesColumns["labels"];
export type Value = SeriesColumns["values"][number];
