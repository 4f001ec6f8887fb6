import type { Cancel, Clock } from '../kernel/clock.ts';
import { Decimal } from '../kernel/decimal.ts';
import type { CandleUse } from './candle.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { FeedLimits } from './feed-limits.ts';
import { isIdAbsurd, isPriceDoubtful } from './plausible.ts';
import type { StreamPosition } from './market-watch.ts';
import { aggTradeStream } from './stream-plan.ts';
import type { StreamShard } from './stream-shard.feed.ts';
import { SymbolTape } from './symbol-tape.ts';
import type { TapeReader } from './tape-reader.feed.ts';
import type { StreamPoint, Tick } from './tick.ts';

export interface WatchedSymbolOptions {
  readonly symbol: string;
  readonly from: StreamPoint;
  readonly reader: TapeReader;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  readonly exchangeClock: ExchangeClock;
  /** How long a stream without a known hole may prove by itself that nothing was missed. */
  readonly proofDelayMs: number;
  /** The newest price that is known from elsewhere. */
  readonly checkedPrice: () => string | undefined;
  readonly deliver: (tick: Tick) => void;
  readonly candles: CandleUse;
  /** Called when nothing is missing any more, with whether trades had to be fetched. */
  readonly onSync: (hasFetched: boolean) => void;
}

/** One symbol under watch: its tape, the connection it hears, and the repair that runs while anything may be missing. */
export class WatchedSymbol {
  readonly symbol: string;
  readonly stream: string;
  readonly tape: SymbolTape;
  /** The connection that carries the stream; null before the feed starts. */
  shard: StreamShard | null = null;
  readonly #options: WatchedSymbolOptions;
  readonly #candles: CandleUse;
  #isSubscribed = false;
  /** Until when what the stream brought late, by more than the stale limit, says that more is on its way; on the monotonic clock. */
  #lateUntilMs = -Infinity;
  #hasFetched = false;
  #repair: AbortController | null = null;
  #repairEnd: Promise<void> = Promise.resolve();
  #cancelGrace: Cancel | null = null;
  /** When the stream last brought something new; when a repair last ended; both on the monotonic clock. */
  #heardMs = 0;
  #repairedMs = 0;
  /** When it was last seen in sync, or began; on the monotonic clock. */
  #syncedMs: number;
  #checkedPrice: string | null = null;
  /** The newest tick, or that there was none, when a price check last saw another price. */
  #movedAfter: Tick | null | undefined = undefined;
  /** `#heardMs` when a price check last had REST find trades that the stream had not brought. */
  #deafSinceMs: number | null = null;

  constructor(options: WatchedSymbolOptions) {
    this.#options = options;
    this.symbol = options.symbol;
    this.stream = aggTradeStream(options.symbol);
    this.#syncedMs = options.clock.monotonicMs();
    this.tape = new SymbolTape(options.from, options.limits, (tick) => {
      if (tick.source === 'BACKFILL') this.#hasFetched = true;
      options.deliver(tick);
    });
    this.#candles = {
      matters: (candle) => options.candles.matters(candle),
      take: (candle) => {
        this.#hasFetched = true;
        options.candles.take(candle);
      },
    };
  }

  get position(): StreamPosition {
    return { lastTick: this.tape.lastTick, inSync: this.#isKnownInSync };
  }

  get #isInSync(): boolean {
    return this.#isSubscribed && this.tape.inSync;
  }

  /** A connection that has been silent for too long may be dead: what it does not tell may be missing. */
  get #isKnownInSync(): boolean {
    return this.#isInSync && this.#options.clock.monotonicMs() >= this.#lateUntilMs && this.shard?.look() === 'LIVE';
  }

  /** For how long it has been out of sync when last looked at, 0 when it is in sync; ms. */
  outOfSyncMs(nowMs: number): number {
    if (!this.#isKnownInSync) return Math.max(1, nowMs - this.#syncedMs);
    this.#syncedMs = nowMs;
    return 0;
  }

  /** Takes a tick off the stream; `eventTimeMs` is when the exchange sent it. */
  live(tick: Tick, eventTimeMs: number): void {
    const { limits, clock, exchangeClock, checkedPrice } = this.#options;
    this.#lookAtLateness(exchangeClock.lateMs(eventTimeMs));
    // A stream that only repeats itself is as dead as a silent one.
    if (tick.id < (this.tape.nextId ?? 0)) return this.tape.live(tick);
    this.#heardMs = clock.monotonicMs();
    const known = this.tape.lastTick?.price ?? checkedPrice();
    // What hardly can be true needs a second source before it decides anything: REST is asked for that trade.
    if (isIdAbsurd(tick.id, this.tape.nextId, limits.idJump)) this.tape.doubt();
    else if (isPriceDoubtful(tick.price, known, limits.doubtfulMovePct)) this.tape.announce(tick.id);
    else this.tape.live(tick);
    this.#look();
  }

  /** The stream arrives from here on; what came before is still to be fetched. */
  onSubscribed(): void {
    this.#isSubscribed = true;
    this.tape.joined();
    if (this.tape.inSync) this.#settle();
    else this.#startRepairAfter(this.tape.isBehind ? 0 : this.#options.proofDelayMs);
  }

  /** A repair under way goes on: what is missing is not got any faster by beginning anew. */
  onLost(): void {
    this.#isSubscribed = false;
    this.#lateUntilMs = -Infinity;
    this.#cancelGrace?.();
    this.#cancelGrace = null;
    this.tape.doubt();
  }

  /** A frame of this symbol could not be read: it may have been a tick. */
  onRefusedFrame(): void {
    this.tape.doubt();
    this.#look();
  }

  /**
   * Compares the market's price with the stream. A price that moved although the stream has long been quiet means that
   * trades were not told, also where it has come back meanwhile: they are fetched. The second time in a row that this finds some, the stream is subscribed anew.
   * Where no price is known yet REST is asked once more: its first answer may have trailed.
   */
  onCheckedPrice(price: string): void {
    const { lastTick } = this.tape;
    const known = lastTick?.price ?? this.#checkedPrice;
    if (known === null || !new Decimal(known).eq(price)) this.#movedAfter = lastTick;
    if (this.#movedAfter !== lastTick || !this.#isQuiet || this.#cancelGrace) return;
    this.#movedAfter = undefined;
    this.#checkedPrice = price;
    this.#after(this.#options.limits.gapGraceMs, () => {
      if (this.tape.lastTick === lastTick && this.#isQuiet) this.#startDoubtRepair();
    });
  }

  /** Ends the watch, also from within a delivery. Resolves when its repair has ended. */
  stop(): Promise<void> {
    this.tape.stop();
    this.#stopRepair();
    return this.#repairEnd;
  }

  get #isQuiet(): boolean {
    const { clock, limits } = this.#options;
    return this.#isInSync && clock.monotonicMs() - Math.max(this.#heardMs, this.#repairedMs) >= limits.suspectAfterMs;
  }

  #lookAtLateness(lateMs: number): void {
    const { clock, limits } = this.#options;
    const nowMs = clock.monotonicMs();
    const isLate = lateMs > limits.staleAfterMs;
    this.#lateUntilMs = isLate ? nowMs + limits.silentAfterMs : -Infinity;
    if (isLate) this.#syncedMs = Math.min(this.#syncedMs, nowMs - lateMs);
  }

  #startDoubtRepair(): void {
    const heardMs = this.#heardMs;
    this.tape.doubt();
    this.#startRepair(() => {
      if (!this.#hasFetched) return;
      const isDead = this.#deafSinceMs === heardMs;
      this.#deafSinceMs = isDead ? null : heardMs;
      if (!isDead) return;
      this.onLost();
      this.shard?.renew(this.stream);
    });
  }

  /** After something arrived: has it completed the tape, or shown a hole? */
  #look(): void {
    if (!this.#isSubscribed) return;
    if (this.tape.inSync) this.#settle();
    else if (!this.#repair && !this.#cancelGrace) this.#startRepairAfter(this.#options.limits.gapGraceMs);
  }

  #startRepairAfter(delayMs: number): void {
    if (delayMs === 0) this.#startRepair();
    else this.#after(delayMs, () => this.#startRepair());
  }

  #after(delayMs: number, run: () => void): void {
    this.#cancelGrace?.();
    this.#cancelGrace = this.#options.clock.after(delayMs, () => {
      this.#cancelGrace = null;
      run();
    });
  }

  #startRepair(afterwards: () => void = () => {}): void {
    if (this.#repair || this.tape.inSync) return;
    this.#cancelGrace?.();
    this.#cancelGrace = null;
    const repair = new AbortController();
    this.#repair = repair;
    this.#repairEnd = this.#options.reader
      .read({
        symbol: this.symbol,
        tape: this.tape,
        from: this.#options.from,
        candles: this.#candles,
        isDone: () => this.tape.inSync,
        urgency: () => (this.tape.isBehind ? 'hole' : 'proof'),
        signal: repair.signal,
      })
      .then(() => {
        if (this.#repair !== repair) return;
        this.#repair = null;
        this.#repairedMs = this.#options.clock.monotonicMs();
        afterwards();
        if (this.#isInSync) this.#tellSync();
        else this.#look();
      });
  }

  #stopRepair(): void {
    this.#repair?.abort();
    this.#repair = null;
    this.#cancelGrace?.();
    this.#cancelGrace = null;
  }

  /** Nothing is missing: a repair still under way has nothing left to do. */
  #settle(): void {
    if (!this.#repair && !this.#cancelGrace && !this.#hasFetched) return;
    this.#stopRepair();
    this.#tellSync();
  }

  #tellSync(): void {
    const hasFetched = this.#hasFetched;
    this.#hasFetched = false;
    this.#options.onSync(hasFetched);
  }
}

/** How many symbols are in sync, and whether any has been out of sync for longer than the stale limit. */
export function lookAtSymbols(
  symbols: Iterable<WatchedSymbol>,
  nowMs: number,
  { staleAfterMs }: Pick<FeedLimits, 'staleAfterMs'>,
): { readonly symbolsInSync: number; readonly isAnyLate: boolean } {
  let [symbolsInSync, isAnyLate] = [0, false];
  for (const symbol of symbols) {
    const lateMs = symbol.outOfSyncMs(nowMs);
    if (lateMs === 0) symbolsInSync += 1;
    else if (lateMs > staleAfterMs) isAnyLate = true;
  }
  return { symbolsInSync, isAnyLate };
}
