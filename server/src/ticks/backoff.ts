/**
 * The delay before attempt number `attempt` (from 0): `minMs` doubled each time up to `maxMs`, of which a random half is
 * taken off, so that many who failed together do not come back together. `random` gives 0 (included) to 1 (excluded).
 */
export function backoffMs(attempt: number, minMs: number, maxMs: number, random: () => number): number {
  const fullMs = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
  return fullMs * (0.5 + random() / 2);
}
