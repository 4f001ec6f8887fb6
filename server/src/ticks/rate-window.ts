/** Counts costs over a sliding window of time: request weight per minute, messages per second, attempts per five minutes. */
export class RateWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #spent: { readonly atMs: number; readonly cost: number }[] = [];
  #sum = 0;

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** How long to wait until `cost` fits; 0 when it fits now. A cost above the limit fits an empty window. */
  waitMs(nowMs: number, cost = 1): number {
    this.#forget(nowMs);
    let over = this.#sum + Math.min(cost, this.#limit) - this.#limit;
    for (const { atMs, cost: spent } of this.#spent) {
      if (over <= 0) break;
      over -= spent;
      if (over <= 0) return atMs + this.#windowMs - nowMs;
    }
    return 0;
  }

  /** Counts a cost, also one that did not fit: what was sent was sent. */
  spend(nowMs: number, cost = 1): void {
    this.#spent.push({ atMs: nowMs, cost });
    this.#sum += cost;
  }

  /** Takes note that more than was counted here was spent in all, by whomever. */
  raiseTo(nowMs: number, sum: number): void {
    this.#forget(nowMs);
    if (sum > this.#sum) this.spend(nowMs, sum - this.#sum);
  }

  #forget(nowMs: number): void {
    while (this.#spent[0] && nowMs - this.#spent[0].atMs >= this.#windowMs) this.#sum -= this.#spent.shift()!.cost;
  }
}
