import type { ConnectionLimits } from '../simulator/connection.ts';
import type { TickInput } from '../simulator/exchange-options.ts';
import type { SymbolDefinition } from '../simulator/listing.ts';
import type { AggTrade } from '../simulator/tape.ts';
import type { Candle } from '../src/ticks/candle.ts';
import { exchangeTimeAtEntry } from '../src/signals/accept-signal.ts';
import type { FeedLimits } from '../src/ticks/feed-limits.ts';
import type { FeedState } from '../src/ticks/feed-status.ts';
import { symbolKey } from '../src/ticks/tick.ts';
import type { MarketType, Tick } from '../src/ticks/tick.ts';
import { HostClock } from './host-clock.ts';
import { MemoryRecord } from './memory-record.ts';
import type { SessionFaults, StoredTrade } from './memory-record.ts';
import { decide, profit } from './oracle.ts';
import type { Expected, OraclePrint } from './oracle.ts';
import { randomOf } from './rig.ts';
import { Witness } from './witness.ts';
import { Worker } from './worker.ts';
import type { Bases } from './worker.ts';
import { World } from './world.ts';

export const SYMBOL = 'BTCUSDT';
const MINUTE_MS = 60_000;
/** As the server's default is. */
const MAX_HOST_CLOCK_OFF_MS = 1_000;
const LIVE_AGAIN_MS = 15_000;

export interface StageOptions {
  readonly marketType?: MarketType;
  readonly seed?: number;
  readonly limits?: Partial<FeedLimits>;
  readonly exchangeLimits?: Partial<ConnectionLimits>;
  readonly symbols?: readonly SymbolDefinition[];
  readonly faults?: SessionFaults;
  readonly patchTick?: (tick: Tick) => readonly Tick[];
  readonly patchCandle?: (candle: Candle) => readonly Candle[];
  readonly basesOf?: (bases: Bases) => Bases;
  /** First prices by symbol; 100 by default. */
  readonly firstPrices?: Readonly<Record<string, string>>;
  /** Where the clock begins, ms since 1970 UTC. */
  readonly startMs?: number;
  /** Whether the exchange lets the worker in from the beginning; it does by default. */
  readonly isReachable?: boolean;
}

/** One exchange, one record, one worker after another, and what really happened, for the oracle. */
export class Stage {
  readonly world: World;
  readonly marketType: MarketType;
  readonly hostClock: HostClock;
  readonly record = new MemoryRecord();
  readonly random: () => number;
  readonly witness = new Witness();
  readonly #options: StageOptions;
  readonly #tapes = new Map<string, OraclePrint[]>();
  worker: Worker;
  #trades = 0;
  #startedMs = 0;

  private constructor(world: World, options: StageOptions) {
    this.world = world;
    this.#options = options;
    this.marketType = options.marketType ?? 'SPOT';
    this.hostClock = new HostClock(world.clock);
    this.random = randomOf(options.seed ?? 1);
    this.worker = this.#newWorker();
    world.onStep = () =>
      this.witness.look({
        nowMs: world.nowMs,
        startedMs: this.#startedMs,
        status: this.feed.status(),
        openTrades: this.record.openTrades,
        tapeOf: (symbol) => this.tape(symbol),
        positionOf: (symbol) => this.feed.position(symbol),
      });
  }

  static async start(options: StageOptions = {}): Promise<Stage> {
    const { marketType = 'SPOT' } = options;
    const symbols = options.symbols ?? [SYMBOL, 'ETHUSDT'].map((symbol) => ({ marketType, symbol, tickSize: '0.01' }));
    const limits = { [marketType]: options.exchangeLimits ?? {} };
    const world = await World.start({ firstAggId: 1, symbols, limits }, options.startMs);
    const stage = new Stage(world, options);
    for (const { symbol } of symbols) stage.print(options.firstPrices?.[symbol] ?? '100', { symbol });
    if (options.isReachable === false) world.exchange.refuseConnections(true, marketType);
    await stage.worker.start();
    if (options.isReachable !== false) await stage.until(() => stage.state === 'LIVE', 'a LIVE feed');
    return stage;
  }

  get exchange() {
    return this.world.exchange;
  }
  get feed() {
    return this.worker.feeds[this.marketType];
  }
  get state(): FeedState {
    return this.feed.status().state;
  }

  // --- What happens at the exchange -------------------------------------------------------------------------------------

  /** Prints a trade; REST knows it in any case, subscribers unless `broadcast` is false. */
  print(price: string, rest: Partial<TickInput> = {}): OraclePrint {
    const couldBeHeard = rest.broadcast !== false && this.exchange.connections(this.marketType).length > 0;
    const { id, timeMs } = this.exchange.tick({ marketType: this.marketType, symbol: SYMBOL, timeMs: this.world.nowMs, ...rest, price });
    const print = { id, price, timeMs };
    this.tape(rest.symbol).push(print);
    this.witness.printed(rest.symbol ?? SYMBOL, print, couldBeHeard);
    return print;
  }

  /** Prints a trade with its own id and time. */
  printAs(symbol: string, trade: AggTrade): void {
    this.exchange.print(this.marketType, symbol, trade);
    this.tape(symbol).push({ id: trade.id, price: trade.price, timeMs: trade.timeMs });
  }

  /** Prints these prices with so much time before each. */
  async prints(prices: readonly (string | number)[], everyMs = 100, rest: Partial<TickInput> = {}): Promise<void> {
    for (const price of prices) {
      await this.run(everyMs);
      this.print(String(price), rest);
    }
    await this.world.settle();
  }

  /** What happened of a symbol, for the oracle. */
  tape(symbol = SYMBOL): OraclePrint[] {
    let tape = this.#tapes.get(symbol);
    if (!tape) this.#tapes.set(symbol, (tape = []));
    return tape;
  }

  // --- What bots do -----------------------------------------------------------------------------------------------------

  /** Opens a trade as the server does: after the newest tick where the stream is in order, else from now on. */
  open(
    direction: 'LONG' | 'SHORT',
    takeProfit: string,
    stopLoss: string,
    rest: { symbol?: string; expiresInMs?: number; afterId?: number; entryPrice?: string; entryTimeMs?: number } = {},
  ): StoredTrade {
    const { symbol = SYMBOL, expiresInMs } = rest;
    const position = this.feed.position(symbol);
    this.#trades += 1;
    const entryTimeMs = rest.entryTimeMs ?? this.hostClock.now().getTime();
    const trade = this.record.open({
      id: `${this.marketType}-${this.#trades}`,
      marketType: this.marketType,
      symbol,
      direction,
      entryPrice: rest.entryPrice ?? '100',
      takeProfit,
      stopLoss,
      afterId: rest.afterId ?? (position?.inSync ? (position.lastTick?.id ?? null) : null),
      fromMs: rest.entryTimeMs ?? this.world.nowMs,
      entryTimeMs,
      exchangeTimeMs:
        rest.entryTimeMs ?? exchangeTimeAtEntry(this.feed.exchangeTimeMs, new Date(entryTimeMs), MAX_HOST_CLOCK_OFF_MS)?.getTime() ?? null,
      expiresAtMs: expiresInMs === undefined ? null : entryTimeMs + expiresInMs,
    });
    this.worker.session.tell();
    return trade;
  }

  /** A long and a short at each distance, in percent, from 100. */
  openAround(...distances: readonly number[]): void {
    for (const distance of distances) {
      this.open('LONG', String(100 + distance), String(100 - distance));
      this.open('SHORT', String(100 - distance), String(100 + distance));
    }
  }

  // --- The worker -------------------------------------------------------------------------------------------------------

  async restart(how: 'stop' | 'kill'): Promise<void> {
    await this.worker[how]();
    await this.world.settle();
    this.worker = this.#newWorker();
    await this.worker.start();
  }

  #newWorker(): Worker {
    const { limits, faults, patchTick, patchCandle, basesOf } = this.#options;
    // What an earlier worker applied is only read once more.
    const before = new Map(this.record.cursors);
    this.#startedMs = this.world.nowMs;
    return new Worker({
      bases: basesOf ? basesOf(this.exchange) : this.exchange,
      clock: this.hostClock,
      random: this.random,
      record: this.record,
      markets: [this.marketType],
      ...(limits && { limits }),
      ...(faults && { faults }),
      patchTick: (tick) => {
        if (tick.id > (before.get(symbolKey(tick.marketType, tick.symbol))?.lastTradeId ?? -1)) this.witness.delivered(tick);
        return patchTick?.(tick) ?? [tick];
      },
      patchCandle: (candle) => {
        this.witness.surveyed(candle.symbol);
        return patchCandle?.(candle) ?? [candle];
      },
    });
  }

  // --- Time -------------------------------------------------------------------------------------------------------------

  run(ms: number): Promise<void> {
    return this.world.run(ms);
  }

  until(holds: () => boolean, what: string, withinMs = 5 * MINUTE_MS): Promise<void> {
    return this.world.until(holds, what, withinMs);
  }

  /** Until every symbol with an open trade misses nothing of what was printed and every closure is written. */
  inSync(withinMs?: number): Promise<void> {
    const isDone = () =>
      this.record.openTrades.every(({ symbol }) => {
        const position = this.feed.position(symbol);
        const newestId = this.tape(symbol).at(-1)?.id ?? 0;
        return position?.inSync === true && (position.lastTick === null || position.lastTick.id >= newestId || this.#isOld(symbol));
      });
    return this.until(
      isDone,
      `every watched symbol in sync (${symbolKey(this.marketType, SYMBOL)}: ${JSON.stringify(this.feed.position(SYMBOL))})`,
      withinMs,
    );
  }

  /** True where nothing was printed since the symbol's last trade was opened. */
  #isOld(symbol: string): boolean {
    const newest = this.tape(symbol).at(-1);
    return !newest || this.record.openTrades.filter((trade) => trade.symbol === symbol).every(({ fromMs }) => newest.timeMs < fromMs);
  }

  // --- The verdict ------------------------------------------------------------------------------------------------------

  /** Compares every trade with the oracle; gives what differs. */
  differences(expectedOf: (trade: StoredTrade) => Expected | undefined = (trade) => decide(trade, this.tape(trade.symbol))): string[] {
    return [...this.record.trades.values()].flatMap((trade) => difference(trade, expectedOf(trade)) ?? []);
  }

  /** Waits until nothing is missing and demands that all is as the oracle says, and that at least `closed` trades are closed. */
  async finish(closed = 1): Promise<void> {
    await this.inSync();
    await this.run(1_000);
    await this.until(() => this.state === 'LIVE', 'a feed that is LIVE again after the repair', LIVE_AGAIN_MS);
    const differences = this.differences();
    if (differences.length > 0) throw new Error(differences.slice(0, 3).join('; '));
    const closures = this.record.trades.size - this.record.openTrades.length;
    if (closures < closed) throw new Error(`${closures} closures, expected ${closed} at least: the story decides too little`);
  }

  /** What the product said of itself and was not true. */
  untruths(): string[] {
    const watchFaults = [...this.record.trades.values()].flatMap((trade) => {
      const stretches = this.record.stretches.filter(({ symbol }) => symbol === trade.symbol);
      return this.witness.watchFault(trade, this.tape(trade.symbol), stretches) ?? [];
    });
    return [this.witness.fault ?? [], watchFaults].flat();
  }

  async end(): Promise<void> {
    await this.worker.stop();
    await this.world.stop();
  }
}

/** What differs between a trade's closure and the oracle's; undefined when nothing does. */
export function difference(trade: StoredTrade, expected: Expected | undefined): string | undefined {
  const { closure, id, direction, takeProfit, stopLoss, afterId } = trade;
  const who = `${id} ${direction} ${takeProfit}/${stopLoss} after ${afterId}`;
  if (!closure || !expected) {
    if (!closure && !expected) return undefined;
    return `${who}: ${closure ? `closed ${closure.status} at ${closure.exitPrice.toFixed()} by ${closure.aggregateTradeId}` : 'open'}, expected ${expected ? JSON.stringify(expected) : 'open'}`;
  }
  const money = profit({ ...trade, exitPrice: expected.exitPrice, positionSize: '100' });
  const wanted = {
    status: expected.status,
    exitPrice: expected.exitPrice,
    exitTimeMs: expected.exitTimeMs,
    ambiguous: expected.ambiguous,
    ...money,
    ...(expected.printId !== null && { printId: expected.printId }),
  };
  const got: Record<string, unknown> = {
    status: closure.status,
    exitPrice: closure.exitPrice.toFixed(),
    exitTimeMs: closure.exitTime.getTime(),
    ambiguous: (closure as { ambiguous?: boolean }).ambiguous ?? false,
    grossPnl: closure.grossPnl.toFixed(),
    fees: closure.fees.toFixed(),
    realizedPnl: closure.realizedPnl.toFixed(),
    realizedPnlPct: closure.realizedPnlPct.toFixed(),
    printId: closure.aggregateTradeId,
  };
  const wrong = Object.entries(wanted).flatMap(([field, value]) =>
    got[field] === value ? [] : [`${field} ${String(got[field])}, expected ${String(value)}`],
  );
  return wrong.length === 0 ? undefined : `${who}: ${wrong.join(', ')}`;
}
