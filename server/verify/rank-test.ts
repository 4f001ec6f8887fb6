/**
 * The two-sided Mann–Whitney test by its normal approximation, ties counted: the probability that two samples of the same distribution
 * differ in rank as much as these. It asks for no form of the distribution, which times have none of. For 20 values or more each.
 */
export function rankTest(one: readonly number[], other: readonly number[]): number {
  const all = [...one.map((value) => ({ value, isOne: true })), ...other.map((value) => ({ value, isOne: false }))].sort(
    (first, second) => first.value - second.value,
  );
  let rankSum = 0;
  let ties = 0;
  for (let from = 0, to = 0; from < all.length; from = to) {
    while (to < all.length && all[to]!.value === all[from]!.value) to += 1;
    const size = to - from;
    ties += size ** 3 - size;
    const rank = (from + 1 + to) / 2; // ranks begin with 1; equal values share their mean
    for (let at = from; at < to; at += 1) if (all[at]!.isOne) rankSum += rank;
  }
  const [n, m, total] = [one.length, other.length, all.length];
  const u = rankSum - (n * (n + 1)) / 2;
  const deviation = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  if (deviation === 0) return 1;
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / deviation;
  return complementOfError(z / Math.SQRT2);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** erfc by Abramowitz and Stegun 7.1.26: off by at most 1.5e-7. */
function complementOfError(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const factors = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return factors.reduce((sum, factor) => (sum + factor) * t, 0) * Math.exp(-x * x);
}
