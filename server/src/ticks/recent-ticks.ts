import { isAfter } from './tick.ts';
import type { StreamPoint, Tick } from './tick.ts';

/** The last delivered ticks of one symbol, and how far back they are complete. */
export class RecentTicks {
  readonly #limit: number;
  /** Oldest first; the first `#dropped` are forgotten and cut off now and then. */
  #ticks: Tick[] = [];
  #dropped = 0;
  /** The newest tick where memory was begun anew after it. */
  #before: Tick | null = null;
  /** Every delivered tick with an id above this is held; null while not known. */
  #completeAfterId: number | null;
  /** Every delivered tick from this time on is held; null while not known. */
  #completeFromMs: number | null;

  constructor(from: StreamPoint, limit: number) {
    this.#limit = limit;
    this.#completeAfterId = from.afterTradeId;
    this.#completeFromMs = from.afterTradeId === null ? from.fromTimeMs : null;
  }

  get newest(): Tick | null {
    return this.#ticks.at(-1) ?? this.#before;
  }

  /** Says that delivery begins after `tradeId`, where only a time was known so far. */
  beginAfter(tradeId: number): void {
    this.#completeAfterId = tradeId;
  }

  /** Says that ticks up to and including `tradeId` were left out: memory begins after it. */
  skipThrough(tradeId: number): void {
    this.#before = this.newest;
    this.#ticks = [];
    this.#dropped = 0;
    this.#completeAfterId = tradeId;
    this.#completeFromMs = null;
  }

  push(tick: Tick): void {
    this.#ticks.push(tick);
    if (this.#ticks.length - this.#dropped <= this.#limit) return;
    const oldest = this.#ticks[this.#dropped]!;
    this.#completeAfterId = oldest.id;
    this.#completeFromMs = oldest.timeMs + 1;
    this.#dropped += 1;
    if (this.#dropped < this.#limit) return;
    this.#ticks = this.#ticks.slice(this.#dropped);
    this.#dropped = 0;
  }

  /** The ticks after `point`, oldest first; undefined when some of them may be forgotten. */
  after(point: StreamPoint): readonly Tick[] | undefined {
    if (!this.#reaches(point)) return undefined;
    let start = this.#ticks.length;
    while (start > this.#dropped && isAfter(this.#ticks[start - 1]!, point)) start -= 1;
    return this.#ticks.slice(start);
  }

  #reaches(point: StreamPoint): boolean {
    if (point.afterTradeId !== null) return this.#completeAfterId !== null && point.afterTradeId >= this.#completeAfterId;
    if (this.#completeFromMs !== null && point.fromTimeMs >= this.#completeFromMs) return true;
    const oldest = this.#ticks[this.#dropped];
    return oldest !== undefined && oldest.timeMs < point.fromTimeMs;
  }
}
