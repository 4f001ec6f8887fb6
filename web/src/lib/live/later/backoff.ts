export interface BackoffLimits {
  firstMs: number;
  capMs: number;
}

/**
 * The wait before the next try: doubles from `firstMs` up to `capMs`, half of it random, so that visitors who were cut off
 * together do not come back together. There is no last try.
 */
export function backoffMs(attempt: number, random: () => number, limits: BackoffLimits): number {
  const full = Math.min(limits.capMs, limits.firstMs * 2 ** Math.min(attempt, 30));
  return full / 2 + (random() * full) / 2;
}
