// Grafana's dashboard JSON, as far as the console draws it.

import type { DrawnPanel, RowPanel } from "./schema";

export type {
  Dashboard,
  DashboardListed as DashboardTitle,
  DrawnPanel,
  FieldConfig,
  Override,
  OverrideProperty as FieldProperty,
  Target,
  ThresholdStep,
  Transformation,
  ValueMapping as Mapping,
} from "./schema";

export type DashboardPanel = DrawnPanel | RowPanel;
