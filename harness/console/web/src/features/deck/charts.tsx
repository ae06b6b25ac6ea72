import { Calls } from "@/charts/Calls";
import { Measured } from "@/charts/Measured";
import type { Measure, Span } from "@/charts/measures";
import { SERIES } from "@/charts/measures";
import type { Mark, Windows } from "@/lib/moments";
import { list } from "./words";

/** What every chart of the deck is drawn with. */
export interface DeckCharts {
  span: Span;
  marks: readonly Mark[];
  times: Windows;
}

const SUMS = `running_total = sum(float(line.amount) for line in lines)  # drifts
running_total = sum((line.amount for line in lines), Decimal(0))  # exact`;
/** Charts of a slide are read from the last row. */
const TALL_PX = 250;
const WIDE_PX = 300;
const RING = ["a", "b", "c"];
const LISTING = ["gateway", "orders"];

/** The measure whose title begins so. */
function series(title: string): Measure {
  const found = SERIES.find((one) => one.title.startsWith(title));
  if (!found) throw new Error(`nothing is measured that is called ${title}`);
  return found;
}

/** What customers felt, as large as the slide is. */
export function ThisDrill({ charts }: { charts: DeckCharts }) {
  return (
    <>
      <h2>This drill</h2>
      <Measured one={series("Customer success")} height={WIDE_PX} {...charts} />
    </>
  );
}

export function Drift({ charts }: { charts: DeckCharts }) {
  return (
    <>
      <h2>Floating-point drift in the ledger</h2>
      <div className="halves">
        <div>
          <p>
            Amounts kept as binary floats lose fractions of a cent; sums that are made in two ways
            part.
          </p>
          {list([
            "Detect the drift: ledger and payments are two sums of the same orders",
            "Decimal in place of float, rounded where the tax rule says",
            "Replay requests: posting twice must change nothing",
          ])}
          <pre className="v-pre">{SUMS}</pre>
        </div>
        <Measured one={series("Ledger")} height={TALL_PX} {...charts} />
      </div>
    </>
  );
}

export function Circle({ charts, services }: { charts: DeckCharts; services: readonly string[] }) {
  return (
    <>
      <h2>Circular calls</h2>
      <div className="halves">
        <div>
          <p>
            A calls B, B calls C, C calls A: under load each waits for a worker that waits for it.
          </p>
          {list([
            "Trace the cycle: one trace enters the same service twice",
            "Finite timeouts, circuit breakers, queues in between",
            "Workers are limited: watch how many wait",
          ])}
        </div>
        <Measured one={series("Throughput")} only={RING} {...charts} />
      </div>
      <Calls services={services} span={charts.span} times={charts.times} />
    </>
  );
}

const WAYS: readonly (readonly [string, readonly number[], number])[] = [
  ["sequential", [0, 1, 2, 3, 4, 5], 1],
  ["batched", [0], 2],
  ["async", [0, 0, 0, 0, 0, 0], 1.2],
];

/** Six answers that are needed: one after the other, all in one, all at once. */
function Ways() {
  return (
    <svg
      className="ways"
      viewBox="0 0 320 150"
      role="img"
      aria-label="Sequential calls take the sum of their times; a batched call or parallel calls take about as long as one"
    >
      {WAYS.map(([name, begins, long], row) => (
        <g key={name} transform={`translate(0, ${row * 50})`}>
          <text x="0" y="26">
            {name}
          </text>
          {begins.map((at, index) => (
            <rect
              key={index}
              x={86 + at * 38}
              y={name === "async" ? 4 + index * 6 : 14}
              width={36 * long}
              height={name === "async" ? 4 : 16}
              rx="2"
            />
          ))}
        </g>
      ))}
    </svg>
  );
}

export function Storm({ charts }: { charts: DeckCharts }) {
  return (
    <>
      <h2>N+1 queries</h2>
      <div className="halves">
        <div>
          <p>
            One query for the list, then one for each row, each over the network: latency grows with
            the data.
          </p>
          {list([
            "See the loop: the same statement, many times in one trace",
            "Batch queries that belong together",
            "Run in parallel what cannot be batched; cache what rarely changes",
          ])}
          <Ways />
        </div>
        <div>
          <Measured one={series("Statements")} only={LISTING} {...charts} />
          <Measured one={series("Latency")} only={LISTING} {...charts} />
        </div>
      </div>
    </>
  );
}
