import type { WatchStretch } from '../src/trades/watch-stretches.ts';
import { watchStretches } from '../src/trades/watch-stretches.ts';
import type { FeedStatus } from '../src/ticks/feed-status.ts';
import type { StreamPosition } from '../src/ticks/market-watch.ts';
import type { Tick, TickSource } from '../src/ticks/tick.ts';
import type { StoredTrade } from './memory-record.ts';
import type { OraclePrint } from './oracle.ts';

/** A print that has not been applied for this long must show: the feed is not LIVE, and its symbol not in sync. */
const KNOWN_WITHIN_MS = 15_000;

export interface Seen {
  readonly nowMs: number;
  /** When the worker began: what was printed before is new to it. */
  readonly startedMs: number;
  readonly status: FeedStatus;
  readonly openTrades: readonly StoredTrade[];
  tapeOf(symbol: string): readonly OraclePrint[];
  positionOf(symbol: string): StreamPosition | undefined;
}

/**
 * Holds what the product says of itself to what really happened: that the feed is LIVE, that a symbol is in sync, and which part of a
 * trade's life was heard live. It knows what was printed, whether anybody could hear it, and how each print reached the closing engine.
 */
export class Witness {
  /** By symbol and id: how it reached the engine, the weakest way where more than one worker got it. */
  readonly #sources = new Map<string, TickSource>();
  readonly #unheard = new Set<string>();
  readonly #surveyed = new Set<string>();
  #fault: string | undefined;
  #lookedMs = -Infinity;

  /** The first thing that was not true. */
  get fault(): string | undefined {
    return this.#fault;
  }

  printed(symbol: string, { id }: OraclePrint, couldBeHeard: boolean): void {
    if (!couldBeHeard) this.#unheard.add(`${symbol} ${id}`);
  }

  delivered({ symbol, id, source }: Tick): void {
    const key = `${symbol} ${id}`;
    if (source === 'LIVE' && this.#unheard.has(key)) this.#fault ??= `${key} is said to be heard live, which nobody could hear`;
    if (source !== 'LIVE' || !this.#sources.has(key)) this.#sources.set(key, source);
  }

  /** Minutes decided in place of some prints. */
  surveyed(symbol: string): void {
    this.#surveyed.add(symbol);
  }

  /** Once a second: does it say LIVE although something has long been missing? */
  look({ nowMs, startedMs, status, openTrades, tapeOf, positionOf }: Seen): void {
    if (nowMs - this.#lookedMs < 1_000) return;
    this.#lookedMs = nowMs;
    if (nowMs - startedMs < KNOWN_WITHIN_MS) return;
    const entries = new Map<string, number>();
    for (const { symbol, fromMs } of openTrades) entries.set(symbol, Math.min(entries.get(symbol) ?? Infinity, fromMs));
    for (const [symbol, fromMs] of entries) {
      const position = positionOf(symbol);
      const missing = tapeOf(symbol).findLast(({ timeMs }) => timeMs <= nowMs - KNOWN_WITHIN_MS);
      if (!missing || !position || missing.timeMs < fromMs || (position.lastTick?.id ?? -1) >= missing.id) continue;
      const what = `${symbol} ${missing.id} was missing for ${nowMs - missing.timeMs} ms`;
      if (status.state === 'LIVE') this.#fault ??= `the feed said LIVE although ${what}`;
      if (position.inSync || status.symbolsInSync === status.symbols) this.#fault ??= `the symbol counted as in sync although ${what}`;
    }
  }

  /** Compares how a closed trade's life is said to have been watched with how its prints arrived. */
  watchFault(trade: StoredTrade, tape: readonly OraclePrint[], repaired: readonly WatchStretch[]): string | undefined {
    const { symbol, id, entryTimeMs, closure } = trade;
    if (!closure) return undefined;
    const exitMs = closure.exitTime.getTime();
    const watch = watchStretches(entryTimeMs, exitMs, repaired);
    if (exitMs > entryTimeMs && (watch[0]?.fromMs !== entryTimeMs || watch.at(-1)?.toMs !== exitMs))
      return `${id}: its watch has an end open`;
    if (closure.source === 'CANDLE' && exitMs > entryTimeMs && watch.at(-1)?.source !== 'CANDLE')
      return `${id}: closed by a candle, yet said to be watched ${watch.at(-1)?.source} until then`;
    // Of minutes that were passed over no print tells.
    if (this.#surveyed.has(symbol)) return undefined;
    let beforeMs = entryTimeMs;
    for (const print of tape) {
      const source = this.#sources.get(`${symbol} ${print.id}`);
      if (source === undefined || print.timeMs <= beforeMs || print.timeMs > exitMs) continue;
      const middleMs = (beforeMs + print.timeMs) / 2;
      const said = watch.find(({ fromMs, toMs }) => fromMs <= middleMs && toMs >= middleMs)?.source;
      if (said !== source) return `${id}: said to be watched ${said} before ${print.id}, which arrived ${source}`;
      beforeMs = print.timeMs;
    }
    return undefined;
  }
}
