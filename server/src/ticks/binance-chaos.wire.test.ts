import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { startExchange } from '../../simulator/exchange.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { systemClock } from '../process/system-clock.ts';
import { BinanceFeed } from './binance.feed.ts';
import { DEFAULT_FEED_LIMITS } from './feed-limits.ts';
import { PriceBoard } from './price-board.ts';
import { SymbolList } from './symbol-list.ts';
import { MARKET_TYPES } from './tick.ts';
import type { MarketType, Tick } from './tick.ts';

/** Futures wait a second for a stream to prove itself, so their stories take longer. */
const RUNS: Readonly<Record<MarketType, number>> = { SPOT: 20, FUTURES: 5 };
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'XRPUSDT'];
const AGG_TRADES: Readonly<Record<MarketType, string>> = { SPOT: '/api/v3/aggTrades', FUTURES: '/fapi/v1/aggTrades' };
const LIMITS = {
  ...DEFAULT_FEED_LIMITS,
  priceCheckIntervalMs: 60_000,
  reconnectMinMs: 5,
  reconnectMaxMs: 20,
  gapGraceMs: 5,
  repairRetryMinMs: 5,
  repairRetryMaxMs: 20,
  heldTicks: 20,
};

const symbol = fc.constantFrom(...SYMBOLS);
const count = fc.integer({ min: 1, max: 5 });
const verb = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('told' as const), symbol, count }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('untold' as const), symbol, count }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('skip' as const), symbol, count }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('corrupt' as const), symbol }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), symbol }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), code: fc.constantFrom(1000, 1001, 1006, 1008, 1012) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restFault' as const), status: fc.constantFrom(500, 502, 503, 504) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('breathe' as const), ms: fc.integer({ min: 0, max: 30 }) }) },
);
type Verb = typeof verb extends fc.Arbitrary<infer T> ? T : never;

/** A story of faults, told to a feed over real sockets: each symbol's delivered ids must be its tape's, in order, each once. */
async function tell(marketType: MarketType, verbs: readonly Verb[]): Promise<void> {
  const exchange = await startExchange({ firstAggId: 1 });
  const tapes = new Map<string, number[]>(SYMBOLS.map((name) => [name, []]));
  const delivered = new Map<string, number[]>(SYMBOLS.map((name) => [name, []]));
  const feed = new BinanceFeed({
    marketType,
    wsBaseUrl: marketType === 'SPOT' ? exchange.spotWs : exchange.futuresWs,
    restBaseUrl: marketType === 'SPOT' ? exchange.spotRest : exchange.futuresRest,
    limits: LIMITS,
    clock: systemClock,
    random: () => 0,
    log: silentLog,
    priceBoard: new PriceBoard(systemClock),
    symbolList: new SymbolList(),
    candles: { matters: () => true, take: () => {} },
    onDelisted: () => {},
    onTick: (tick: Tick) => delivered.get(tick.symbol)!.push(tick.id),
  });
  try {
    await feed.start();
    for (const name of SYMBOLS) feed.watch(name, { afterTradeId: 0, fromTimeMs: 0 });
    const print = (name: string, broadcast: boolean) => {
      const { id } = exchange.tick({ marketType, symbol: name, price: '1.5', broadcast });
      tapes.get(name)!.push(id);
    };
    for (const next of verbs) {
      if (next.do === 'told' || next.do === 'untold')
        for (let made = 0; made < next.count; made += 1) print(next.symbol, next.do === 'told');
      else if (next.do === 'skip') exchange.skipIds(marketType, next.symbol, next.count);
      else if (next.do === 'drop') exchange.dropConnections({ marketType, code: next.code });
      else if (next.do === 'restFault') exchange.failRequest(marketType, { path: AGG_TRADES[marketType], status: next.status });
      else if (next.do === 'breathe') await new Promise<void>((resolve) => void systemClock.after(next.ms, resolve));
      else {
        const last = exchange.lastTrade(marketType, next.symbol);
        const stream = `${next.symbol.toLowerCase()}@aggTrade`;
        const event = {
          e: 'aggTrade',
          E: last?.timeMs,
          s: next.symbol,
          a: last?.id,
          p: last?.price,
          q: '1',
          f: 1,
          l: 1,
          T: last?.timeMs,
          m: true,
        };
        exchange.sendEvent(marketType, stream, next.do === 'again' ? event : { ...event, p: '-1' });
      }
    }
    // One more trade each, told to whoever listens, so that the end of every tape is known.
    for (const name of SYMBOLS) print(name, true);
    await vi.waitFor(() => expect(delivered).toEqual(tapes), { timeout: 15_000, interval: 5 });
    await vi.waitFor(() => expect(SYMBOLS.every((name) => feed.position(name)!.inSync)).toBe(true), { timeout: 15_000, interval: 5 });
    expect(delivered).toEqual(tapes);
  } finally {
    await feed.stop();
    await exchange.stop();
  }
}

test.each(MARKET_TYPES)('%s: any story of faults', { timeout: 120_000 }, (marketType) =>
  fc.assert(
    fc.asyncProperty(fc.array(verb, { minLength: 10, maxLength: 60 }), (verbs) => tell(marketType, verbs)),
    { numRuns: RUNS[marketType], endOnFailure: true },
  ),
);
