// Colours of series and of services: the same name has the same colour in every view.

/** Told apart on white and on black, and by most who see colours otherwise. */
export const PALETTE = [
  "#4c8bd0",
  "#e08a2e",
  "#46a35e",
  "#d65a5a",
  "#9a74c9",
  "#2fa5a0",
  "#c2a022",
  "#c06a9a",
  "#7f8c9a",
  "#8a6d52",
];

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

function paletteAt(index: number): string {
  return PALETTE[index % PALETTE.length] ?? "gray";
}

/** The colour of a service; others take one by their letters. */
export function laneOf(service: string): string {
  const place = SERVICES.indexOf(service);
  if (place >= 0) return paletteAt(place);
  const sum = [...service].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return paletteAt(sum);
}

/** The colour of a series by its label and place. */
export function seriesColor(label: string, index: number): string {
  return SERVICES.includes(label) ? laneOf(label) : paletteAt(index);
}
