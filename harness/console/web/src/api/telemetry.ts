// What the API answers of metrics, logs and traces.

export type Labels = Record<string, string>;
export type Value = number | null;

export interface Series {
  labels: Labels;
  values: Value[];
}

export interface Metrics {
  step_s: number | null;
  times: number[];
  series: Series[];
  /** Series over the limit, which are not here. */
  cut: number;
}

export interface Exemplar {
  at_s: number;
  value: number;
  trace_id: string;
}

export interface LogLine {
  seq: number;
  timestamp: string;
  service: string;
  level: string;
  event: string;
  trace_id?: string | null;
  span_id?: string | null;
  traceback?: string | null;
  /** Whatever else the service wrote with it. */
  [field: string]: unknown;
}

export interface TraceRow {
  trace_id: string;
  start_ms: number;
  duration_ms: number;
  spans: number;
  failed: number;
  service: string;
  operation: string;
  services: string[];
}

export interface JaegerTag {
  key: string;
  value: unknown;
}

export interface JaegerSpan {
  spanID: string;
  processID: string;
  operationName: string;
  references?: { refType: string; spanID: string }[];
  /** Microseconds. */
  startTime: number;
  duration: number;
  tags?: JaegerTag[];
  logs?: { timestamp: number; fields: JaegerTag[] }[];
}

export interface JaegerTrace {
  traceID: string;
  spans: JaegerSpan[];
  processes: Record<string, { serviceName: string }>;
  warnings?: string[] | null;
}

export interface TraceAnswer {
  trace: JaegerTrace;
  logs: LogLine[];
}
