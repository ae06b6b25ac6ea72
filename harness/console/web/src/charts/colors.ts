// Which variable of tokens.css a series or a service is drawn in: the same name has the same colour
// in every view.

const SERIES = 10;

const SERVICES = [
  "gateway",
  "orders",
  "payments",
  "billing",
  "users",
  "a",
  "b",
  "c",
  "feed",
  "assistant",
];

/** Grafana's names, where a dashboard gives a series a colour of its own; shades come before them. */
const NAMED: Record<string, string> = {
  green: "--good",
  orange: "--warn",
  yellow: "--warn",
  red: "--bad",
  blue: "--series-1",
  purple: "--series-5",
};

const seriesAt = (index: number) => `--series-${(index % SERIES) + 1}`;

function laneName(service: string): string {
  const place = SERVICES.indexOf(service);
  if (place >= 0) return seriesAt(place);
  return seriesAt([...service].reduce((total, letter) => total + letter.charCodeAt(0), 0));
}

/** The colour of a service as CSS has it; others take one by their letters. */
export function laneOf(service: string): string {
  return `var(${laneName(service)})`;
}

/** The variable of a series by its label and place. */
export function seriesColor(label: string, index: number): string {
  return SERVICES.includes(label) ? laneName(label) : seriesAt(index);
}

export interface NamedColor {
  /** A variable of tokens.css. */
  name: string;
  shade: "light" | "dark" | undefined;
}

const SHADED = /^(?:(?:super-|semi-)?(light|dark)-)?(\w+)$/;

/** What one of Grafana's names is here; nothing where the console has no word for it. */
export function namedColor(grafana: string | undefined): NamedColor | undefined {
  const [, shade, base = ""] = SHADED.exec(grafana ?? "") ?? [];
  const name = NAMED[base];
  return name ? { name, shade: shade as NamedColor["shade"] } : undefined;
}
