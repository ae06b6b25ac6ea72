interface TrendPoint {
  label: string;
  value: number | null | undefined;
}

/** One figure from drill to drill; gaps are drills without it. */
export function Trend({
  points,
  format,
  title,
  isGoodLow = true,
}: {
  points: readonly TrendPoint[];
  format: (value: number) => string;
  title: string;
  isGoodLow?: boolean;
}) {
  const x = (index: number) =>
    points.length === 1 ? 100 : 6 + (188 * index) / (points.length - 1);
  const placed = points.flatMap(({ label, value }, index) =>
    value === null || value === undefined ? [] : [{ label, value, x: x(index) }],
  );
  const [first, last] = [placed[0]?.value, placed.at(-1)?.value];
  if (first === undefined || last === undefined)
    return (
      <div className="v-trend">
        <h3>{title}</h3>
        <p className="muted">no data yet</p>
      </div>
    );
  const top = Math.max(...placed.map((point) => point.value), 0) || 1;
  const y = (value: number) => 56 - (48 * value) / top;
  const isBetter = last === first ? null : last < first === isGoodLow;
  return (
    <div className="v-trend">
      <h3>{title}</h3>
      <p className="v-figure">
        {format(last)}{" "}
        {placed.length > 1 && isBetter !== null && (
          <small className={isBetter ? "v-good" : "v-warn"}>
            {isBetter ? "✓ better" : "▲ worse"} than the first drill ({format(first)})
          </small>
        )}
      </p>
      <svg
        viewBox="0 0 200 60"
        preserveAspectRatio="none"
        role="img"
        aria-label={placed.map((point) => `${point.label}: ${format(point.value)}`).join("; ")}
      >
        <polyline
          className="v-curve"
          points={placed.map((point) => `${point.x},${y(point.value)}`).join(" ")}
        />
        {placed.map((point) => (
          <circle key={point.label} className="v-point" cx={point.x} cy={y(point.value)} r="2.5">
            <title>
              {point.label}: {format(point.value)}
            </title>
          </circle>
        ))}
      </svg>
    </div>
  );
}
