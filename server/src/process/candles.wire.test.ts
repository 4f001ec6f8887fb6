import { beforeAll, expect, test } from 'vitest';
import type { Trade } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const minute = (ms: number): number => ms - (ms % MINUTE_MS);

/** What became of a trade while the server was off for three days, of which futures keep one. */
const NIGHTS = [
  { symbol: 'BTCUSDT', prices: ['100', '110.5', '100'], status: 'CLOSED_TP', exitPrice: '110', price: '110', ambiguous: false },
  { symbol: 'ETHUSDT', prices: ['100', '85', '100'], status: 'CLOSED_SL', exitPrice: '90', price: '90', ambiguous: false },
  { symbol: 'SOLUSDT', prices: ['100', '120', '80'], status: 'CLOSED_SL', exitPrice: '90', price: '90', ambiguous: true },
  { symbol: 'XRPUSDT', prices: ['85', '120', '80'], status: 'CLOSED_SL', exitPrice: '85', price: '85', ambiguous: false },
  { symbol: 'ADAUSDT', prices: ['115', '120', '80'], status: 'CLOSED_TP', exitPrice: '110', price: '115', ambiguous: false },
] as const;

let product: Product;
let token: string;

beforeAll(async () => {
  const symbols = [...NIGHTS.map(({ symbol }) => symbol), 'LTCUSDT'].map((symbol) => ({
    marketType: 'FUTURES' as const,
    symbol,
    tickSize: '0.01',
  }));
  product = await startProduct({ exchangeOptions: { symbols: [...symbols, { marketType: 'SPOT', symbol: 'BTCUSDT', tickSize: '0.01' }] } });
  token = await product.bot('Night Owl');
});

/** Moves a trade with its signal and its symbol's cursor into the past, as a server leaves them that was off since then. */
async function age(trade: Trade, entryMs: number): Promise<void> {
  const at = new Date(entryMs).toISOString();
  await product.sql('ALTER TABLE paper_trades DISABLE TRIGGER paper_trades_close_once');
  await product.sql('UPDATE paper_trades SET entry_time = $2 WHERE id = $1', [trade.id, at]);
  await product.sql('ALTER TABLE paper_trades ENABLE TRIGGER paper_trades_close_once');
  await product.sql('UPDATE symbol_cursors SET last_time = $2, saved_at = $2 WHERE symbol = $1', [trade.symbol, at]);
}

test('three days off, on futures, which keep one: candles decide, the stop first where one reaches both, and the record says so', async () => {
  const entryMs = minute(Date.now()) - 72 * HOUR_MS;
  const trades = new Map<string, Trade>();
  for (const { symbol } of NIGHTS) {
    product.exchange.tick({ marketType: 'FUTURES', symbol, price: '100', timeMs: entryMs - 1_000 });
    trades.set(
      symbol,
      await product.open(token, { symbol, marketType: 'FUTURES', direction: 'LONG', entryPrice: '100', takeProfit: '110', stopLoss: '90' }),
    );
  }
  await product.stop();
  for (const { symbol, prices } of NIGHTS) {
    await age(trades.get(symbol)!, entryMs);
    prices.forEach((price, second) =>
      product.exchange.tick({ marketType: 'FUTURES', symbol, price, timeMs: entryMs + 30 * HOUR_MS + second * 1_000, broadcast: false }),
    );
    product.exchange.tick({ marketType: 'FUTURES', symbol, price: '100', timeMs: Date.now() - HOUR_MS, broadcast: false });
  }
  product.exchange.faults.setTapeHorizon('FUTURES', { reachMs: 24 * HOUR_MS, beyond: 'EMPTY' });
  await product.start();

  for (const { symbol, status, exitPrice, price, ambiguous, prices } of NIGHTS) {
    const openedPast = Number(prices[0]) >= 110 || Number(prices[0]) <= 90;
    const decidedMs = entryMs + 30 * HOUR_MS + (openedPast ? 0 : MINUTE_MS - 1);
    expect(await product.whenClosed(trades.get(symbol)!.id)).toMatchObject({
      status,
      exitPrice,
      exitTime: new Date(decidedMs).toISOString(),
      closedBy: { source: 'CANDLE', aggregateTradeId: null, price, ambiguous },
    });
  }

  // The whole life of the first was looked up by minutes. Written when the repair ends, which may be a moment after the closure.
  const { id } = trades.get('BTCUSDT')!;
  const watch = async () => {
    const document = 'query ($id: ID!) { trade(id: $id) { watch { from to source } exitTime } }';
    return (await product.query<{ trade: object }>(document, { id })).trade;
  };
  const exitTime = new Date(entryMs + 30 * HOUR_MS + MINUTE_MS - 1).toISOString();
  await expect
    .poll(watch, { timeout: 5_000 })
    .toEqual({ watch: [{ from: new Date(entryMs).toISOString(), to: exitTime, source: 'CANDLE' }], exitTime });

  const { performance } = await product.query<{
    performance: { ambiguousTrades: number; totalPnl: string; totalPnlIfAmbiguousWon: string };
  }>('{ performance { ambiguousTrades totalPnl totalPnlIfAmbiguousWon } }');
  // By hand: 1 unit each; the one ambiguous trade lost 10 and 0.095 of fees and would have won 10 less 0.105.
  expect(performance).toMatchObject({ ambiguousTrades: 1, totalPnl: '-15.4925', totalPnlIfAmbiguousWon: '4.4975' });
  expect(product.logged).toEqual([]);
});

test('a night off that the tape covers is decided by trades, though minutes were looked at first', async () => {
  const entryMs = minute(Date.now()) - 9 * HOUR_MS;
  const symbol = 'LTCUSDT';
  const tick = (price: string, timeMs: number) => product.exchange.tick({ marketType: 'FUTURES', symbol, price, timeMs, broadcast: false });
  tick('100', entryMs - 1_000);
  const trade = await product.open(token, {
    symbol,
    marketType: 'FUTURES',
    direction: 'SHORT',
    entryPrice: '100',
    takeProfit: '90',
    stopLoss: '110',
  });
  await product.stop();
  await age(trade, entryMs);
  for (let second = 0; second < 3_000; second += 1) tick('100.5', entryMs + second * 1_000);
  const touching = tick('89.5', entryMs + 5 * HOUR_MS);
  tick('111', entryMs + 5 * HOUR_MS + 1);
  tick('100', Date.now() - MINUTE_MS);
  const asked = product.exchange.requests('FUTURES').length;
  await product.start();
  expect(await product.whenClosed(trade.id)).toMatchObject({
    status: 'CLOSED_TP',
    exitPrice: '90',
    exitTime: new Date(touching.timeMs).toISOString(),
    closedBy: { source: 'BACKFILL', aggregateTradeId: String(touching.id), price: '89.5', ambiguous: false },
  });
  const pages = product.exchange
    .requests('FUTURES')
    .slice(asked)
    .filter(({ path }) => path === '/fapi/v1/aggTrades');
  expect(pages.length).toBeLessThanOrEqual(5);
});
