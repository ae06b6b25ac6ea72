// Grafana's dashboard JSON, as far as the console draws it.

export interface ThresholdStep {
  value: number | null;
  color: string;
}

export interface Mapping {
  type: string;
  options: Record<string, { text: string; color?: string }>;
}

export interface FieldProperty {
  id: string;
  value: unknown;
}

export interface FieldConfig {
  defaults: {
    unit?: string;
    decimals?: number;
    min?: number;
    max?: number;
    thresholds?: { steps: ThresholdStep[] };
    mappings?: Mapping[];
    custom?: {
      fillOpacity?: number;
      stacking?: { mode: string };
      lineInterpolation?: string;
    };
  };
  overrides?: { matcher: { options: string }; properties: FieldProperty[] }[];
}

export interface Target {
  refId: string;
  expr: string;
  legendFormat?: string;
  exemplar?: boolean;
}

export interface Transformation {
  id: string;
  options?: {
    include?: { names: string[] };
    indexByName?: Record<string, number>;
    renameByName?: Record<string, string>;
  };
}

export interface DashboardPanel {
  id: number;
  type: "timeseries" | "stat" | "table" | "row";
  title: string;
  description?: string;
  gridPos: { w: number; h: number };
  targets: Target[];
  fieldConfig: FieldConfig;
  options?: { textMode?: string; graphMode?: string };
  transformations?: Transformation[];
}

/** A panel that shows figures, which a row does not. */
export type DrawnPanel = DashboardPanel & { type: Exclude<DashboardPanel["type"], "row"> };

export interface Dashboard {
  uid: string;
  panels: DashboardPanel[];
  templating?: { list: { name: string }[] };
}

export interface DashboardTitle {
  uid: string;
  title: string;
  description: string;
}
