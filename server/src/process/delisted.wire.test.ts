import { beforeAll, expect, test } from 'vitest';
import type { Trade } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';

const MARKETS = ['SPOT', 'FUTURES'] as const;
type MarketType = (typeof MARKETS)[number];

let product: Product;
let token: string;

beforeAll(async () => {
  const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'].flatMap((symbol) =>
    MARKETS.map((marketType) => ({ marketType, symbol, tickSize: '0.01' })),
  );
  // As often as it can be set, and one list is enough: how many in a row it takes has its own test.
  const env = { FEED_SYMBOL_LIST_INTERVAL_MS: '9000', FEED_DELISTED_AFTER_LISTS: '1' };
  product = await startProduct({ exchangeOptions: { symbols }, env });
  token = await product.bot('Last Man');
  await product.symbolsKnown(token);
});

const statusOf = async (id: string): Promise<string | null> =>
  (await product.query<{ trade: { symbolStatus: string | null } }>('query ($id: ID!) { trade(id: $id) { symbolStatus } }', { id })).trade
    .symbolStatus;

interface Open {
  readonly trade: Trade;
  readonly last: { readonly id: number; readonly timeMs: number };
}

async function openTrade(marketType: MarketType, symbol: string): Promise<Open> {
  const trade = await product.open(token, { symbol, marketType, direction: 'LONG', entryPrice: '100', takeProfit: '110', stopLoss: '90' });
  await product.exchange.whenSubscribed(marketType, `${symbol.toLowerCase()}@aggTrade`);
  product.exchange.tick({ marketType, symbol, price: '101' });
  const last = product.exchange.tick({ marketType, symbol, price: '104.5' });
  await product.whenApplied(marketType, symbol, last.id);
  return { trade, last };
}

/** Ends a symbol as its market does: spot takes it off the list, futures settle it. */
function end(marketType: MarketType, symbol: string): void {
  if (marketType === 'SPOT') product.exchange.faults.unlistSymbol(marketType, symbol);
  else product.exchange.setStatus(marketType, symbol, 'SETTLING');
}

function closedAt(last: Open['last'], source: string): object {
  return {
    status: 'CLOSED_DELISTED',
    exitPrice: '104.5',
    exitTime: new Date(last.timeMs).toISOString(),
    closedBy: { source, aggregateTradeId: String(last.id), price: '104.5', ambiguous: false },
  };
}

test(
  'a halted symbol keeps its trades and shows its state; one that is gone for good closes them at its last price',
  { timeout: 60_000 },
  async () => {
    const halted = await Promise.all(MARKETS.map((marketType) => openTrade(marketType, 'ETHUSDT')));
    const gone = await Promise.all(MARKETS.map((marketType) => openTrade(marketType, 'SOLUSDT')));
    for (const { trade } of gone) expect(await statusOf(trade.id)).toBe('TRADING');
    for (const marketType of MARKETS) {
      product.exchange.setStatus(marketType, 'ETHUSDT', 'BREAK');
      end(marketType, 'SOLUSDT');
    }
    for (const { trade, last } of gone) {
      expect(await product.whenClosed(trade.id, 30_000)).toMatchObject(closedAt(last, 'LIVE'));
      expect(await statusOf(trade.id)).toBeNull();
    }
    for (const { trade } of halted) {
      expect(await product.trade(trade.id)).toMatchObject({ status: 'OPEN' });
      expect(await statusOf(trade.id)).toBe('BREAK');
    }
  },
);

test('the same for one that ended while the server was off: its last price is the saved one', { timeout: 60_000 }, async () => {
  const gone = await Promise.all(MARKETS.map((marketType) => openTrade(marketType, 'XRPUSDT')));
  await product.stop();
  for (const marketType of MARKETS) end(marketType, 'XRPUSDT');
  await product.start();
  for (const { trade, last } of gone) expect(await product.whenClosed(trade.id)).toMatchObject(closedAt(last, 'BACKFILL'));
});
