import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MarketType, SignalInput, Trade } from '../../testkit/documents.ts';
import { insertTrade, saveCursor } from '../../testkit/left-by-a-crash.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';

const SYMBOLS = [
  'BTCUSDT',
  'ETHUSDT',
  'SOLUSDT',
  'XRPUSDT',
  'ADAUSDT',
  'LTCUSDT',
  'BNBUSDT',
  'LINKUSDT',
  'AVAXUSDT',
  'DOGEUSDT',
  'TRXUSDT',
];

/** LONG from 100 to 110, stopped at 90. */
function long(symbol: string, marketType: MarketType, more: Partial<SignalInput> = {}): SignalInput {
  return { symbol, marketType, direction: 'LONG', entryPrice: '100', takeProfit: '110', stopLoss: '90', ...more };
}

describe.each(['SPOT', 'FUTURES'] as const)('%s', (marketType) => {
  let product: Product;
  let token: string;
  let symbol: string;
  let used = 0;

  beforeAll(async () => {
    const symbols = SYMBOLS.flatMap((name) =>
      (['SPOT', 'FUTURES'] as const).map((type) => ({ marketType: type, symbol: name, tickSize: '0.01' })),
    );
    product = await startProduct({ exchangeOptions: { symbols, firstAggId: 500 } });
    token = await product.bot('Gap Walker');
    await product.symbolsKnown(token);
  });
  beforeEach(() => {
    symbol = SYMBOLS[used++] ?? 'NONE';
  });

  const tick = (price: string, more: { broadcast?: boolean; timeMs?: number } = {}) =>
    product.exchange.tick({ marketType, symbol, price, ...more });
  const stream = (): string => `${symbol.toLowerCase()}@aggTrade`;

  /** A trade that is watched, with one live tick behind it. */
  async function watchedTrade(more: Partial<SignalInput> = {}): Promise<Trade> {
    const trade = await product.open(token, long(symbol, marketType, more));
    await product.exchange.whenSubscribed(marketType, stream());
    await product.whenApplied(marketType, symbol, tick('100').id);
    return trade;
  }

  test('a level touched while the socket was gone: first touch in the gap wins', async () => {
    const trade = await watchedTrade();
    product.exchange.refuseConnections(true, marketType);
    expect(product.exchange.dropConnections({ marketType })).toBeGreaterThan(0);
    await product.exchange.whenDisconnected(marketType);
    tick('109.99');
    // A time of its own, to tell the exchange's time from the server's, and not before the entry: then it would not count.
    const first = tick('110.5', { timeMs: Date.parse(trade.entryTime) + 1 });
    tick('80');
    tick('111');
    product.exchange.refuseConnections(false, marketType);

    expect(await product.whenClosed(trade.id)).toMatchObject({
      status: 'CLOSED_TP',
      exitPrice: '110',
      exitTime: new Date(first.timeMs).toISOString(),
      closedBy: { source: 'BACKFILL', aggregateTradeId: String(first.id), price: '110.5', ambiguous: false },
    });
  });

  test('a level touched by ticks that an open socket never told: they come before the live one that shows them missing', async () => {
    const trade = await watchedTrade();
    tick('101', { broadcast: false });
    const first = tick('89.5', { broadcast: false });
    tick('112', { broadcast: false });
    tick('120');
    expect(await product.whenClosed(trade.id)).toMatchObject({
      status: 'CLOSED_SL',
      exitPrice: '89.5',
      exitTime: new Date(first.timeMs).toISOString(),
      closedBy: { source: 'BACKFILL', aggregateTradeId: String(first.id), price: '89.5' },
    });
  });

  test('a time stop that ran out in the gap closes at the first tick at or after it, whatever that reaches', async () => {
    // Not further ahead than what still counts as in time: the exchange's clock is as its newest event says.
    const expiresAtMs = Date.now() + 3_000;
    const trade = await watchedTrade({ expiresAt: new Date(expiresAtMs).toISOString() });
    product.exchange.refuseConnections(true, marketType);
    product.exchange.dropConnections({ marketType, code: 1001 });
    await product.exchange.whenDisconnected(marketType);
    tick('101', { timeMs: expiresAtMs - 1 });
    const first = tick('115', { timeMs: expiresAtMs });
    tick('50', { timeMs: expiresAtMs + 1 });
    product.exchange.refuseConnections(false, marketType);
    expect(await product.whenClosed(trade.id)).toMatchObject({
      status: 'CLOSED_EXPIRED',
      exitPrice: '115',
      closedBy: { source: 'BACKFILL', aggregateTradeId: String(first.id), price: '115' },
    });
  });

  test('a level touched while the server was down', async () => {
    const trade = await watchedTrade();
    await product.stop();
    tick('91');
    const first = tick('90.00');
    tick('130');
    await product.start();
    expect(await product.whenClosed(trade.id)).toMatchObject({
      status: 'CLOSED_SL',
      exitPrice: '90',
      exitTime: new Date(first.timeMs).toISOString(),
      closedBy: { source: 'BACKFILL', aggregateTradeId: String(first.id), price: '90' },
    });
    await product.symbolsKnown(token);
  });

  test('nothing is closed twice or anew by a restart, and what was not touched goes on', async () => {
    const [done, going] = [await watchedTrade(), await product.open(token, long(symbol, marketType, { takeProfit: '200' }))];
    tick('110');
    const closed = await product.whenClosed(done.id);
    const head = await product.head();
    await product.restart();
    await product.exchange.whenSubscribed(marketType, stream());
    const newer = tick('105');
    await product.whenApplied(marketType, symbol, newer.id);
    expect(await product.trade(done.id)).toEqual(closed);
    expect(await product.trade(going.id)).toMatchObject({ status: 'OPEN' });
    expect(await product.head()).toBe(head);
    await product.symbolsKnown(token);
  });

  test('a symbol nobody watched: only ticks at or after the entry count', async () => {
    const before = Date.now();
    tick('120', { timeMs: before - 60_000 });
    tick('80', { timeMs: before - 1_000 });
    const trade = await product.open(token, long(symbol, marketType));
    const entryMs = Date.parse(trade.entryTime);
    expect(await product.openedAfter(trade.id)).toBeNull();
    await product.exchange.whenSubscribed(marketType, stream());
    tick('125', { timeMs: entryMs - 2 });
    tick('75', { timeMs: entryMs - 1 });
    const first = tick('85', { timeMs: entryMs });
    tick('135', { timeMs: entryMs + 1 });
    expect(await product.whenClosed(trade.id)).toMatchObject({
      status: 'CLOSED_SL',
      exitPrice: '85',
      exitTime: trade.entryTime,
      closedBy: { aggregateTradeId: String(first.id) },
    });
  });

  test('a stream that is followed without a gap: only ids after its newest count, whatever their time', async () => {
    await watchedTrade({ takeProfit: '1000', stopLoss: '1' });
    tick('111');
    const newest = tick('100');
    await product.whenApplied(marketType, symbol, newest.id);
    const trade = await product.open(token, long(symbol, marketType));
    expect(await product.openedAfter(trade.id)).toBe(newest.id);
    const first = tick('89', { timeMs: Date.parse(trade.entryTime) - 5_000 });
    expect(await product.whenClosed(trade.id)).toMatchObject({ status: 'CLOSED_SL', closedBy: { aggregateTradeId: String(first.id) } });
  });

  test('a signal that comes while the stream is away: what was touched in the gap before it does not count', async () => {
    await watchedTrade({ takeProfit: '1000', stopLoss: '1' });
    product.exchange.refuseConnections(true, marketType);
    product.exchange.dropConnections({ marketType });
    await product.exchange.whenDisconnected(marketType);
    tick('111', { timeMs: Date.now() - 2_000 });
    tick('100', { timeMs: Date.now() - 1_000 });
    const trade = await product.open(token, long(symbol, marketType));
    expect(await product.openedAfter(trade.id)).toBeNull();
    const first = tick('85', { timeMs: Date.parse(trade.entryTime) + 5 });
    product.exchange.refuseConnections(false, marketType);
    expect(await product.whenClosed(trade.id)).toMatchObject({
      status: 'CLOSED_SL',
      exitPrice: '85',
      closedBy: { source: 'BACKFILL', aggregateTradeId: String(first.id) },
    });
  });

  test('left by a crash between acceptance and watching, with the cursor past its touch', async () => {
    const older = await watchedTrade({ takeProfit: '1000', stopLoss: '1' });
    const openedAfter = tick('100').id;
    const entryMs = Date.now();
    const touching = tick('110.25', { timeMs: entryMs + 20 });
    const last = tick('100', { timeMs: entryMs + 30 });
    await product.whenApplied(marketType, symbol, last.id);
    await product.stop();
    // What a process leaves that dies after storing the trade: the cursor of the older trade's symbol went on by itself.
    const id = await insertTrade(product, { like: older.id, takeProfit: '110', stopLoss: '90', entryMs, openedAfter });
    await saveCursor(product, { marketType, symbol, tradeId: last.id, timeMs: last.timeMs, untold: 2 });
    await product.start();
    expect(await product.whenClosed(id)).toMatchObject({
      status: 'CLOSED_TP',
      exitPrice: '110',
      closedBy: { source: 'BACKFILL', aggregateTradeId: String(touching.id), price: '110.25' },
    });
    expect(await product.trade(older.id)).toMatchObject({ status: 'OPEN' });
    await product.symbolsKnown(token);
  });

  test('the same for a trade that knew no id, beside a trade that goes on from the cursor', async () => {
    const older = await watchedTrade({ takeProfit: '1000', stopLoss: '1' });
    const entryMs = Date.now();
    tick('89', { timeMs: entryMs - 1 });
    const touching = tick('88', { timeMs: entryMs + 20 });
    const last = tick('100', { timeMs: entryMs + 30 });
    await product.whenApplied(marketType, symbol, last.id);
    await product.stop();
    const id = await insertTrade(product, { like: older.id, takeProfit: '110', stopLoss: '90', entryMs, openedAfter: null });
    await saveCursor(product, { marketType, symbol, tradeId: last.id, timeMs: last.timeMs, untold: 2 });
    await product.start();
    expect(await product.whenClosed(id)).toMatchObject({
      status: 'CLOSED_SL',
      exitPrice: '88',
      closedBy: { aggregateTradeId: String(touching.id) },
    });
    await product.symbolsKnown(token);
  });

  test('two trades stored in another order than they were received, of a symbol nobody watched', async () => {
    const model = await product.open(token, long('XRPUSDT', marketType, { takeProfit: '1000', stopLoss: '1' }));
    const receivedMs = Date.now();
    const touching = tick('112', { timeMs: receivedMs + 5 });
    tick('100', { timeMs: receivedMs + 8 });
    // The later one is told first: the stream is taken up at its entry, which is after the earlier one's touch.
    const later = await insertTrade(product, {
      like: model.id,
      symbol,
      takeProfit: '110',
      stopLoss: '90',
      entryMs: receivedMs + 10,
      openedAfter: null,
    });
    const earlier = await insertTrade(product, {
      like: model.id,
      symbol,
      takeProfit: '110',
      stopLoss: '90',
      entryMs: receivedMs,
      openedAfter: null,
    });
    await product.exchange.whenSubscribed(marketType, stream());
    expect(await product.whenClosed(earlier)).toMatchObject({ status: 'CLOSED_TP', closedBy: { aggregateTradeId: String(touching.id) } });
    expect(await product.trade(later)).toMatchObject({ status: 'OPEN' });
  });
});
