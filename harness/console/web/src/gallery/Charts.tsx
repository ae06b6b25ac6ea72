import { Calibration } from "@/charts/Calibration";
import { CallGraph } from "@/charts/CallGraph";
import { Chart } from "@/charts/Chart";
import { namedColor } from "@/charts/colors";
import { Picker } from "@/charts/TimePicker";
import { Legend } from "@/charts/Legend";
import { Trend } from "@/charts/Trend";
import { Card } from "@/components/Card";
import type { Mark } from "@/lib/moments";

const BEGIN = 1_800_000_000;
const times = Array.from({ length: 60 }, (_, index) => BEGIN + 5 * index);
const wave = (label: string, phase: number) => ({
  label,
  values: times.map((_, index) => 2 + Math.sin(index / 6 + phase)),
});
const SERIES = ["gateway", "orders", "payments"].map(wave);
const OUTCOMES = ["captured", "failed", "timeout"].map(wave);
const GAPS = [{ label: "a", values: times.map((_, index) => (index % 20 < 5 ? null : index)) }];
const MARKS: readonly Mark[] = [
  { atS: BEGIN + 60, kind: "deploy", label: "orders 5.2.3" },
  { atS: BEGIN + 140, kind: "page", label: "PaymentsFailing" },
  { atS: BEGIN + 220, kind: "rollback", label: "orders 5.2.2" },
];
const COLORED = OUTCOMES.map((one, index) => ({
  ...one,
  color: namedColor(["green", "red", "orange"][index]),
}));
const INKED = SERIES.map((one, index) => ({ ...one, ink: `var(--series-${index + 1})` }));
const STEPS = ["green", "red"].map((color, index) => ({ color, value: index ? 2.5 : null }));
const EDGES = [
  { from: "gateway", to: "orders", perS: 12 },
  { from: "orders", to: "payments", perS: 4 },
  { from: "payments", to: "orders", perS: 1 },
];
const TIME = {
  begin: BEGIN,
  end: BEGIN + 300,
  isFixed: false,
  length: 300,
  everyS: 5,
  canMove: true,
};
const BINS = [0.1, 0.4, 0.8].map((at) => ({
  low: at,
  high: at + 0.2,
  count: Math.round(10 * at) + 1,
  mean_percent: 100 * at,
  true_share: at * at,
}));
const points = (values: readonly (number | null)[]) =>
  values.map((value, index) => ({ label: `drill ${index + 1}`, value }));
const seconds = (value: number) => `${value} s`;
const nothing = () => undefined;

export function Charts() {
  return (
    <Card title="Charts" id="charts">
      <Picker time={{ ...TIME, isFixed: true }} set={nothing} />
      <Picker time={TIME} set={nothing} />
      <div className="v-columns">
        <Chart title="With marks" times={times} series={SERIES} marks={MARKS} unit="s" />
        <Chart title="Stacked" times={times} series={COLORED} thresholds={STEPS} isStacked fill />
        <Chart title="Stepped, with gaps" times={times} series={GAPS} isStepped fill />
        <Chart title="Without series" times={times} series={[]} />
        <Legend series={INKED} hidden={new Set(["orders"])} onHide={nothing} figure={String} />
        <CallGraph names={["gateway", "orders", "payments"]} edges={EDGES} most={12} />
        <Calibration bins={BINS} />
        <Calibration bins={[]} />
        <Trend title="Time to mitigate" points={points([90, null, 40])} format={seconds} />
        <Trend title="Score" points={points([80, 60])} format={String} isGoodLow={false} />
        <Trend title="Nothing yet" points={points([null])} format={String} />
      </div>
    </Card>
  );
}
