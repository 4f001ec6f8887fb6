import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { deferred, nextTurn, stateOf } from '../../testkit/turns.ts';
import { tickAt } from '../../testkit/watched-trades.ts';
import { Decimal } from '../kernel/decimal.ts';
import type { RecordEvent } from '../record/event.ts';
import type { MarketWatch } from '../ticks/market-watch.ts';
import { isAfter, symbolKey } from '../ticks/tick.ts';
import type { StreamPoint, SymbolKey, Tick } from '../ticks/tick.ts';
import type { TradeRow } from '../trades/rows.ts';
import type { Closure } from './closure.ts';
import { Closing } from './closing.ts';
import type { ClosingStore, OpenTrade } from './closing.ts';
import type { CursorMoment } from './cursor-saver.ts';
import type { Cursor } from './start-point.ts';

/** A stored LONG of BTCUSDT from 100 with its take profit at 110 and its stop at 90, opened after tick `after`. */
function stored(id: string, after: number | null, rest: Partial<Record<keyof TradeRow, unknown>> = {}): TradeRow {
  const [entryPrice, takeProfit, stopLoss, quantity, positionSize, feeRate] = [100, 110, 90, 1, 100, 0].map((value) => new Decimal(value));
  const entryTime = new Date((after ?? 0) * 1_000);
  const openedAfterTradeId = after === null ? null : BigInt(after);
  const levels = { entryPrice, takeProfit, stopLoss, quantity, positionSize, feeRate };
  return {
    id,
    marketType: 'FUTURES',
    symbol: 'BTCUSDT',
    direction: 'LONG',
    status: 'OPEN',
    ...levels,
    expiresAt: null,
    marketPriceAtEntry: null,
    entryTime,
    openedAfterTradeId,
    exchangeTimeAtEntry: null,
    ...rest,
  } as unknown as TradeRow;
}

/** A market with a tape: what was delivered is remembered as far back as `remembers` ticks. */
class Market implements MarketWatch {
  readonly marketType = 'FUTURES';
  readonly calls: string[] = [];
  readonly delivered: Tick[] = [];
  remembers = Infinity;
  fetched = Promise.resolve();
  #watching = false;

  watch(symbol: string, from: StreamPoint): void {
    this.#watching = true;
    this.calls.push(`watch ${symbol} after ${from.afterTradeId ?? `time ${from.fromTimeMs}`}`);
  }

  unwatch(symbol: string): void {
    this.#watching = false;
    this.calls.push(`unwatch ${symbol}`);
  }

  position() {
    return this.#watching ? { lastTick: this.delivered.at(-1) ?? null, inSync: true } : undefined;
  }

  recentAfter(_symbol: string, point: StreamPoint): readonly Tick[] | undefined {
    const ticks = this.delivered.filter((tick) => isAfter(tick, point));
    return ticks.length <= this.remembers ? ticks : undefined;
  }

  async fetchAfter(symbol: string, point: StreamPoint, throughTradeId: number): Promise<readonly Tick[]> {
    this.calls.push(`fetch ${symbol} after ${point.afterTradeId} through ${throughTradeId}`);
    await this.fetched;
    return this.delivered
      .filter((tick) => isAfter(tick, point) && tick.id <= throughTradeId)
      .map((tick) => ({ ...tick, source: 'BACKFILL' }));
  }
}

/** What is stored of closures and cursors. */
class Store implements ClosingStore {
  readonly closures: Closure[] = [];
  readonly saves: number[][] = [];
  /** For which trades the last save speaks. */
  speaksThrough = -1n;
  open: TradeRow[] = [];
  saved = new Map<SymbolKey, Cursor>();
  read = Promise.resolve();
  down = false;

  async openTrades(): Promise<OpenTrade[]> {
    await this.read;
    return this.open.map((row, index) => ({ row, openedSequence: BigInt(index + 1) }));
  }
  cursors(): Promise<Map<SymbolKey, Cursor>> {
    return Promise.resolve(this.saved);
  }
  async close(closures: readonly Closure[]): Promise<RecordEvent[]> {
    await nextTurn();
    if (this.down) throw new Error('the database is away');
    this.closures.push(...closures);
    return closures.map(({ tradeId }) => ({ trade: { id: tradeId } }) as RecordEvent);
  }
  isRefusal(): boolean {
    return false;
  }
  async saveCursors(ticks: readonly Tick[], { recordSequence }: CursorMoment): Promise<void> {
    await nextTurn();
    if (this.down) throw new Error('the database is away');
    this.speaksThrough = recordSequence;
    this.saves.push(ticks.map(({ id }) => id));
  }
}

const LIMITS = { batchSize: 10, retryMinMs: 100, retryMaxMs: 100, cursorSaveIntervalMs: 1_000 };

function open(before: { trades?: TradeRow[]; cursor?: Cursor } = {}) {
  const [market, store, clock] = [new Market(), new Store(), new ManualClock()];
  store.open = before.trades ?? [];
  if (before.cursor) store.saved.set(symbolKey('FUTURES', 'BTCUSDT'), before.cursor);
  const listeners = new Set<(event: RecordEvent) => void>();
  const told: string[] = [];
  const record = {
    onEvent: (listener: (event: RecordEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wrote: (events: readonly RecordEvent[]) => void told.push(...events.map(({ trade }) => trade!.id)),
    position: BigInt(store.open.length),
  };
  const closing = new Closing(store, record, { FUTURES: market, SPOT: market }, clock, silentLog, LIMITS);
  const tell = (kind: 'TradeOpened' | 'TradeClosed', trade: TradeRow) => {
    record.position += 1n;
    listeners.forEach((listener) => listener({ kind, trade, sequence: record.position } as RecordEvent));
  };
  const tick = (id: number, price: string) => {
    market.delivered.push(tickAt(id, price));
    closing.onTick(market.delivered.at(-1)!);
  };
  const closed = async () => {
    for (let turns = 0; turns < 4; turns += 1) await nextTurn();
    return store.closures.map(({ tradeId, aggregateTradeId, source }) => `${tradeId} by ${aggregateTradeId} ${source}`);
  };
  const saves = async () => {
    clock.advance(LIMITS.cursorSaveIntervalMs);
    for (let turns = 0; turns < 4; turns += 1) await nextTurn();
    return store.saves.splice(0);
  };
  return { market, store, clock, closing, tell, tick, closed, saves, listeners, told };
}

describe('from start to closure', () => {
  test('open trades are taken up again at the saved cursor, closed by the first touch, told, and let go', async () => {
    const cursor = { lastTradeId: 50, lastPrice: '100', lastTimeMs: 50_000, recordSequence: 2n };
    const { closing, market, tick, closed, told } = open({
      trades: [stored('a', 10), stored('b', 20, { takeProfit: new Decimal(120) })],
      cursor,
    });
    await closing.start();
    expect(market.calls).toEqual(['watch BTCUSDT after 50']);
    tick(51, '109.99');
    tick(52, '110');
    expect(await closed()).toEqual(['a by 52 LIVE']);
    expect(market.calls).toHaveLength(1);
    tick(53, '130');
    expect(await closed()).toEqual(['a by 52 LIVE', 'b by 53 LIVE']);
    expect(market.calls.slice(1)).toEqual(['unwatch BTCUSDT']);
    expect(told).toEqual(['a', 'b']);
    tick(54, '130');
    expect(await closed()).toHaveLength(2);
  });

  test('a trade that is opened while open trades are read is watched once, whether it was among them or not', async () => {
    const { closing, store, market, tell, tick, closed } = open();
    const read = deferred<void>();
    store.read = read.promise;
    const started = closing.start();
    const [among, not] = [stored('among', 5), stored('not', 6)];
    tell('TradeOpened', among);
    tell('TradeOpened', not);
    store.open = [among];
    read.resolve();
    await started;
    expect(market.calls).toEqual(['watch BTCUSDT after 5']);
    tick(7, '110');
    expect((await closed()).sort()).toEqual(['among by 7 LIVE', 'not by 7 LIVE']);
  });

  test('a first trade has its symbol watched from its own point; ticks of other symbols mean nothing', async () => {
    const { closing, market, tell, closed } = open();
    await closing.start();
    tell('TradeOpened', stored('a', null, { entryTime: new Date(7_000) }));
    expect(market.calls).toEqual(['watch BTCUSDT after time 7000']);
    closing.onTick(tickAt(1, '110', { symbol: 'ETHUSDT', timeMs: 8_000 }));
    closing.onTick(tickAt(1, '110', { marketType: 'SPOT', timeMs: 8_000 }));
    expect(await closed()).toEqual([]);
  });

  test('of two signals stored in another order than received, the earlier beginning counts', async () => {
    const { closing, market, tell } = open();
    await closing.start();
    tell('TradeOpened', stored('late', 30));
    tell('TradeOpened', stored('early', 20));
    tell('TradeOpened', stored('middle', 25));
    expect(market.calls).toEqual(['watch BTCUSDT after 30', 'unwatch BTCUSDT', 'watch BTCUSDT after 20']);
  });

  test('a trade closed by another process is forgotten', async () => {
    const { closing, market, tell, tick, closed } = open({ trades: [stored('a', 1)] });
    await closing.start();
    tell('TradeClosed', stored('a', 1, { status: 'CLOSED_TP' }));
    expect(market.calls).toEqual(['watch BTCUSDT after 1', 'unwatch BTCUSDT']);
    tick(2, '110');
    expect(await closed()).toEqual([]);
  });
});

describe('a trade that joins a stream which is past its beginning (I3)', () => {
  async function running() {
    const all = open({ trades: [stored('holder', 1, { takeProfit: new Decimal(999), stopLoss: new Decimal(1) })] });
    await all.closing.start();
    all.tick(2, '100');
    all.tick(3, '90');
    all.tick(4, '110');
    return all;
  }

  test('is closed by the first touch among the ticks that went by, from memory', async () => {
    const { tell, closed } = await running();
    tell('TradeOpened', stored('joins', 2));
    expect(await closed()).toEqual(['joins by 3 LIVE']);
  });

  test('is not touched by what was before its beginning', async () => {
    const { tell, tick, closed } = await running();
    tell('TradeOpened', stored('joins', 4));
    expect(await closed()).toEqual([]);
    tick(5, '90');
    expect(await closed()).toEqual(['joins by 5 LIVE']);
  });

  test('asks the exchange where memory does not reach, and misses nothing that comes meanwhile', async () => {
    const { market, tell, tick, closed, saves } = await running();
    market.remembers = 0;
    const answer = deferred<void>();
    market.fetched = answer.promise;
    const far = { stopLoss: new Decimal(80), takeProfit: new Decimal(120) };
    tell('TradeOpened', stored('joins', 2, far));
    tell('TradeOpened', stored('joins', 2, far)); // told twice, it joins once
    tick(5, '120'); // before the answer: must not be lost
    tick(6, '80');
    expect(await closed()).toEqual([]);
    expect(await saves()).toEqual([]); // a cursor must not pass what is not applied yet
    market.remembers = Infinity;
    answer.resolve();
    expect(await closed()).toEqual(['joins by 5 LIVE']);
    expect(market.calls).toEqual(['watch BTCUSDT after 1', 'fetch BTCUSDT after 2 through 4']);
    expect(await saves()).toEqual([[6]]);
  });

  test('is closed by what was fetched, and the symbol let go when nobody else holds it', async () => {
    const { market, tell, closed } = await running();
    market.remembers = 0;
    const answer = deferred<void>();
    market.fetched = answer.promise;
    tell('TradeOpened', stored('joins', 2));
    tell('TradeClosed', stored('holder', 1));
    expect(market.calls.at(-1)).toBe('fetch BTCUSDT after 2 through 4');
    answer.resolve();
    expect(await closed()).toEqual(['joins by 3 BACKFILL']);
    expect(market.calls.at(-1)).toBe('unwatch BTCUSDT');
  });

  test('after a stop decides nothing any more', async () => {
    const { market, closing, tell, closed } = await running();
    market.remembers = 0;
    const answer = deferred<void>();
    market.fetched = answer.promise;
    tell('TradeOpened', stored('joins', 2));
    await closing.stop();
    answer.resolve();
    expect(await closed()).toEqual([]);
  });
});

describe('cursors', () => {
  const holder = () => stored('holder', 1, { takeProfit: new Decimal(999), stopLoss: new Decimal(1) });

  test('are saved when a symbol moved, and not again without a move', async () => {
    const { closing, tick, saves } = open({ trades: [holder()] });
    await closing.start();
    expect(await saves()).toEqual([]);
    tick(2, '100');
    tick(3, '100');
    expect(await saves()).toEqual([[3]]);
    expect(await saves()).toEqual([]);
    tick(4, '100');
    expect(await saves()).toEqual([[4]]);
  });

  test('do not pass a tick whose closure is not durable', async () => {
    const { closing, store, clock, tick, saves, closed } = open({ trades: [holder(), stored('a', 1)] });
    await closing.start();
    store.down = true;
    tick(2, '110');
    tick(3, '100');
    expect(await saves()).toEqual([]);
    store.down = false;
    clock.advance(100);
    expect(await closed()).toEqual(['a by 2 LIVE']);
    expect(await saves()).toEqual([[3]]);
  });

  test('that could not be saved are saved the next time, also of a symbol that stands still', async () => {
    const { closing, store, tick, saves } = open({ trades: [holder()] });
    await closing.start();
    tick(2, '100');
    store.down = true;
    expect(await saves()).toEqual([]);
    store.down = false;
    expect(await saves()).toEqual([[2]]);
  });

  test('speak for the trades that were there or told of until then, and for none that is told after the end', async () => {
    const { closing, store, tell, tick, saves } = open({ trades: [holder()] });
    await closing.start();
    tick(2, '100');
    await saves();
    expect(store.speaksThrough).toBe(1n);
    tell('TradeOpened', stored('b', 2, { takeProfit: new Decimal(999), stopLoss: new Decimal(1) }));
    tick(3, '100');
    await saves();
    expect(store.speaksThrough).toBe(2n);
    tick(4, '100');
    const stopped = closing.stop();
    tell('TradeOpened', stored('late', 3));
    await stopped;
    expect([store.saves, store.speaksThrough]).toEqual([[[4]], 2n]);
  });

  test('are saved once more at the end', async () => {
    const { closing, store, clock, listeners, tick } = open({ trades: [holder()] });
    await closing.start();
    tick(2, '100');
    await closing.stop();
    expect(store.saves).toEqual([[2]]);
    expect([clock.waiting, listeners.size]).toEqual([0, 0]);
    expect(await stateOf(closing.stop())).toBe('resolved');
  });
});

describe('a symbol that is over for good', () => {
  const closed = async ({ closed: settle, store }: ReturnType<typeof open>) => {
    await settle();
    return store.closures.map(
      ({ status, exitPrice, exitTime, source }) => `${status} ${exitPrice.toFixed()} ${exitTime.getTime()} ${source}`,
    );
  };
  const cursor: Cursor = { lastTradeId: 50, lastPrice: '100', lastTimeMs: 50_000, recordSequence: 1n };

  test('closes at the close of the last candle where candles alone told of the end', async () => {
    const over = open({ trades: [stored('a', 10)], cursor });
    await over.closing.start();
    const prices = { open: '100', high: '106', low: '99', close: '105' };
    over.closing.take({ marketType: 'FUTURES', symbol: 'BTCUSDT', ...prices, openTimeMs: 600_000, closeTimeMs: 659_999 });
    over.closing.onDelisted('FUTURES', 'BTCUSDT');
    expect(await closed(over)).toEqual(['CLOSED_DELISTED 105 659999 CANDLE']);
  });

  test('closes a trade that began after its last tick, and at its beginning, not at a cursor from before it', async () => {
    const after = open({ trades: [stored('a', 150, { marketPriceAtEntry: new Decimal('101.5') })], cursor });
    await after.closing.start();
    after.closing.onDelisted('FUTURES', 'BTCUSDT');
    expect(await closed(after)).toEqual(['CLOSED_DELISTED 101.5 150000 BACKFILL']);

    const never = open();
    await never.closing.start();
    never.tell('TradeOpened', stored('b', null, { entryTime: new Date(7_000) }));
    for (let list = 0; list < 3; list += 1) never.closing.onDelisted('FUTURES', 'BTCUSDT');
    expect(await closed(never)).toEqual(['CLOSED_DELISTED 100 7000 BACKFILL']);
  });
});
