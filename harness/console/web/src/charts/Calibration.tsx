import type { ReliabilityBin } from "@/api/scoring";

/** How sure people were against how often they were right; on the line is well calibrated. */
export function Calibration({ bins }: { bins: readonly ReliabilityBin[] }) {
  if (!bins.length) return <p className="muted">No forecast resolved yet.</p>;
  const at = (bin: ReliabilityBin) => ({
    x: 30 + 2 * bin.mean_percent,
    y: 220 - 200 * bin.true_share,
  });
  const most = Math.max(...bins.map((bin) => bin.count));
  return (
    <figure className="v-plot">
      <svg
        viewBox="0 0 250 250"
        role="img"
        aria-label={bins
          .map(
            (bin) =>
              `forecast ${Math.round(bin.mean_percent)} percent, came true ${Math.round(bin.true_share * 100)} percent of ${bin.count}`,
          )
          .join("; ")}
      >
        {[0, 25, 50, 75, 100].map((tick) => (
          <g key={tick} className="v-axis">
            <line x1="30" x2="230" y1={220 - 2 * tick} y2={220 - 2 * tick} />
            <text x="26" y={224 - 2 * tick} textAnchor="end">
              {tick}
            </text>
            <text x={30 + 2 * tick} y="236" textAnchor="middle">
              {tick}
            </text>
          </g>
        ))}
        <line className="v-ideal" x1="30" y1="220" x2="230" y2="20" />
        <polyline
          className="v-curve"
          points={bins.map((bin) => `${at(bin).x},${at(bin).y}`).join(" ")}
        />
        {bins.map((bin) => (
          <circle
            key={bin.low}
            className="v-point"
            cx={at(bin).x}
            cy={at(bin).y}
            r={4 + (5 * bin.count) / most}
          >
            <title>
              {bin.count} forecasts of {bin.low} to {bin.high} %
            </title>
          </circle>
        ))}
        <text x="130" y="249" textAnchor="middle" className="v-axis-name">
          said, %
        </text>
      </svg>
      <figcaption>
        came true, % (up). Below the line: too sure. Above it: not sure enough.
      </figcaption>
    </figure>
  );
}
