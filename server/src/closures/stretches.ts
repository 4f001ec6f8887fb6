import type { Candle } from '../ticks/candle.ts';
import type { Tick, TickSource } from '../ticks/tick.ts';

/** A stretch of a symbol's trading that was not watched live but looked up afterwards. */
export interface RepairedStretch {
  readonly source: Exclude<TickSource, 'LIVE'>;
  /** The exchange's times, ms since 1970 UTC: from what was known before to what was looked up last. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The fetched trades; null where candles decided. */
  readonly fromId: number | null;
  readonly toId: number | null;
}

/** Watches one symbol's ticks and candles go by and notes the stretches that were looked up afterwards. */
export class StretchRecorder {
  readonly #knownId: number;
  #reachedMs: number;
  #run: RepairedStretch | null = null;
  #ended: RepairedStretch[] = [];

  /** `fromMs`: the exchange's time from which on the symbol is to be known. Trades up to `knownId` were told before: they do not count. */
  constructor(fromMs: number, knownId = -1) {
    this.#reachedMs = fromMs;
    this.#knownId = knownId;
  }

  tick({ id, timeMs, source }: Pick<Tick, 'id' | 'timeMs' | 'source'>): void {
    if (id <= this.#knownId) return;
    if (source === 'LIVE') this.#end();
    else this.#extend(source, timeMs, id);
    this.#reachedMs = Math.max(this.#reachedMs, timeMs);
  }

  candle({ closeTimeMs }: Pick<Candle, 'closeTimeMs'>): void {
    this.#extend('CANDLE', closeTimeMs, null);
    this.#reachedMs = Math.max(this.#reachedMs, closeTimeMs);
  }

  /** The stretches not taken yet. One that still goes on is cut here. */
  take(): RepairedStretch[] {
    this.#end();
    return this.#ended.splice(0);
  }

  #extend(source: RepairedStretch['source'], toMs: number, toId: number | null): void {
    if (this.#run?.source !== source) {
      this.#end();
      this.#run = { source, fromMs: this.#reachedMs, toMs: this.#reachedMs, fromId: toId, toId };
    }
    const run = this.#run as RepairedStretch;
    this.#run = { ...run, toMs: Math.max(run.toMs, toMs), toId };
  }

  #end(): void {
    if (this.#run && this.#run.toMs > this.#run.fromMs) this.#ended.push(this.#run);
    this.#run = null;
  }
}
