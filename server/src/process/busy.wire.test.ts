import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { MarketType, SignalInput, Trade } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { scan } from '../../testkit/slow-scan.ts';
import type { Print } from '../../testkit/slow-scan.ts';
import { seededRandom } from '../performance/seeded-random.ts';

const SYMBOLS = (['SPOT', 'FUTURES'] as const).flatMap((marketType) =>
  ['BTCUSDT', 'ETHUSDT'].map((symbol) => ({ marketType, symbol, tickSize: '0.01' })),
);
/**
 * More REST than a careful guest would ask for: each signal of a symbol that nobody watches costs some, and its last tick, which
 * touched, is the newest price until the next check of all prices.
 */
const env = { FEED_WEIGHT_SHARE: '1', FEED_PRICE_CHECK_INTERVAL_MS: '250' };

/** Prints as fast as the sockets take it until told to stop: quiet prices, and one in six that reaches a level. */
function hammer(product: Product, marketType: MarketType, symbol: string, seed: number): { readonly tape: Print[]; stop(): Promise<void> } {
  const next = seededRandom(seed);
  const random = (): number => next() / 2 ** 32;
  const tape: Print[] = [];
  let going = true;
  const done = (async () => {
    while (going) {
      const price = random() >= 1 / 6 ? '100' : random() < 0.5 ? '110.5' : '89.5';
      tape.push(product.exchange.tick({ marketType, symbol, price }));
      await turn();
    }
  })();
  return { tape, stop: () => ((going = false), done) };
}

/** Opens `count` trades, `atOnce` at a time; a signal that is refused because a level was just touched is sent again. */
async function openMany(
  product: Product,
  token: string,
  count: number,
  atOnce: number,
  input: (index: number) => SignalInput,
): Promise<Trade[]> {
  const trades: Trade[] = [];
  while (trades.length < count) {
    const answers = await Promise.all(Array.from({ length: atOnce }, (_, index) => product.createSignal(token, input(index))));
    for (const { trade, userErrors } of answers) {
      if (trade) trades.push(trade);
      else expect(userErrors[0]?.code).toMatch(/_ALREADY_REACHED$/);
    }
  }
  return trades;
}

async function closesAsTheTapeSays(
  product: Product,
  trades: readonly Trade[],
  tape: readonly Print[],
): Promise<{ known: number; nextTick: number }> {
  const counts = { known: 0, nextTick: 0 };
  for (const { id } of trades) {
    const trade = await product.whenClosed(id);
    const openedAfter = await product.openedAfter(id);
    const due = scan(tape, trade, openedAfter);
    expect({
      id,
      openedAfter,
      status: trade.status,
      by: Number(trade.closedBy?.aggregateTradeId),
      price: trade.closedBy?.price,
      at: trade.exitTime,
    }).toEqual({
      id,
      openedAfter,
      status: due?.status,
      by: due?.print.id,
      price: due?.print.price,
      at: due && new Date(due.print.timeMs).toISOString(),
    });
    if (openedAfter !== null) counts.known += 1;
    if (openedAfter !== null && due?.print.id === openedAfter + 1) counts.nextTick += 1;
  }
  return counts;
}

interface Overview {
  readonly openPositions: { readonly count: number; readonly positions: readonly { readonly status: string }[] };
  readonly performance: {
    readonly totalPnl: string;
    readonly closedTrades: number;
    readonly openPositions: number;
    readonly totalTrades: number;
  };
}

/** Asks for the overview again and again until told to stop: at no moment may it contradict itself. */
function watchOverview(product: Product): { stop(): Promise<void> } {
  const document = `{
    openPositions { count positions { status } }
    performance { totalPnl closedTrades openPositions totalTrades }
  }`;
  let going = true;
  let asked = 0;
  const done = (async () => {
    while (going) {
      const { openPositions, performance } = await product.query<Overview>(document);
      expect(new Set(openPositions.positions.map(({ status }) => status)).isSubsetOf(new Set(['OPEN']))).toBe(true);
      expect(openPositions.count).toBe(openPositions.positions.length);
      expect(performance.totalTrades).toBe(performance.openPositions + performance.closedTrades);
      asked += 1;
    }
  })();
  done.catch(() => {}); // told by stop
  return {
    async stop() {
      going = false;
      await done;
      expect(asked).toBeGreaterThan(5);
    },
  };
}

const levels = (index: number): Pick<SignalInput, 'direction' | 'takeProfit' | 'stopLoss' | 'entryPrice'> =>
  index % 2 === 0
    ? { direction: 'LONG', entryPrice: '100', takeProfit: '110', stopLoss: '90' }
    : { direction: 'SHORT', entryPrice: '100', takeProfit: '90', stopLoss: '110' };

test.each(['SPOT', 'FUTURES'] as const)(
  '%s: ticks at the level around acceptance: the first past the opening id closes, 200 times',
  async (marketType) => {
    const product = await startProduct({ exchangeOptions: { symbols: SYMBOLS }, env });
    const token = await product.bot('Hammer');
    await product.symbolsKnown(token);
    const symbol = 'BTCUSDT';
    await product.open(token, { symbol, marketType, direction: 'LONG', entryPrice: '100', takeProfit: '1000', stopLoss: '1' });
    await product.exchange.whenSubscribed(marketType, 'btcusdt@aggTrade');
    // Before its stream has proven that nothing is missing, a trade goes by the time instead of an id.
    await product.whenApplied(marketType, symbol, product.exchange.tick({ marketType, symbol, price: '100' }).id);
    const { tape, stop } = hammer(product, marketType, symbol, 1);
    const overview = watchOverview(product);
    const trades = await openMany(product, token, 200, 12, (index) => ({ symbol, marketType, ...levels(index) }));
    const counts = await closesAsTheTapeSays(product, trades, tape);
    await stop();
    await overview.stop();
    // The race was run: most trades knew the stream's id, and for many the very next tick was theirs.
    expect(counts.known).toBeGreaterThan(150);
    expect(counts.nextTick).toBeGreaterThan(10);
    expect(product.logged).toEqual([]);
  },
  60_000,
);

test.each(['SPOT', 'FUTURES'] as const)(
  '%s: a symbol taken up and let go again and again under fire',
  async (marketType) => {
    const product = await startProduct({ exchangeOptions: { symbols: SYMBOLS }, env });
    const token = await product.bot('On and Off');
    await product.symbolsKnown(token);
    const symbol = 'ETHUSDT';
    const { tape, stop } = hammer(product, marketType, symbol, 2);
    const trades: Trade[] = [];
    for (let round = 0; round < 12; round += 1) {
      const some = await openMany(product, token, 3, 3, (index) => ({ symbol, marketType, ...levels(index) }));
      for (const { id } of some) await product.whenClosed(id);
      trades.push(...some);
    }
    await closesAsTheTapeSays(product, trades, tape);
    await stop();
    expect(product.logged).toEqual([]);
  },
  60_000,
);
