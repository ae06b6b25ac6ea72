import type { Impact as ImpactFigures } from "@/api/types";
import { Card } from "@/components/Card";
import { money, percent, plain } from "@/lib/format";

export interface RevenueSample {
  at: number;
  revenue: number;
}

export function Impact({
  impact,
  samples,
}: {
  impact: ImpactFigures | null;
  samples: readonly RevenueSample[];
}) {
  const last = samples.at(-1);
  const before = samples.filter((one) => last && one.at <= last.at - 60000).pop() || samples[0];
  const perMinute =
    last && before && last.at > before.at
      ? (last.revenue - before.revenue) / ((last.at - before.at) / 60000)
      : null;
  const budget = impact ? (1 - impact.success_ratio) / 0.005 : null;
  const rows: readonly (readonly [string, string])[] = [
    ["success rate now", percent(impact?.success_ratio)],
    ["users affected since the baseline", plain(impact?.users_affected, 0)],
    ["revenue lost since the baseline", money(impact?.revenue_lost, 0)],
    ["revenue lost in the last minute", money(perMinute, 0)],
    ["error budget burn rate", budget === null ? "–" : `${budget.toFixed(budget < 10 ? 1 : 0)}×`],
  ];
  return (
    <Card title="Customer impact" className="span12" id="impact">
      <div className="stats">
        {rows.map(([label, value]) => (
          <div className="stat" key={label}>
            <div className="value">{value}</div>
            <div className="label">{label}</div>
          </div>
        ))}
      </div>
    </Card>
  );
}
