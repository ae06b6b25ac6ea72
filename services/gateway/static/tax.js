// Prices come before tax; customers see them with it. Billing adds it line by line, to the half
// cent up, and so does this: the sum of a basket is the total of its invoice.

const PERCENT = 15;

// In whole cents, since 0.145 is not a number that a browser has.
export function withTax(net) {
  const cents = Math.round(Number(net) * 100);
  return (cents + Math.floor((cents * PERCENT + 50) / 100)) / 100;
}

export function totalWithTax(lines) {
  const cents = lines.map((line) => Math.round(withTax(line.net) * 100));
  return cents.reduce((sum, one) => sum + one, 0) / 100;
}
