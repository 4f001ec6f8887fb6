import { afterAll, describe, expect, test } from 'vitest';
import { startExchange } from '../../simulator/exchange.ts';
import { freshDatabase } from '../../testkit/database.ts';
import { ON_EVENTS, ON_TRADE_CLOSED } from '../../testkit/documents.ts';
import type { RecordEvent, SignalInput, Trade } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { hasRedis, TestRedis } from '../../testkit/redis.ts';
import { TRANSPORTS } from '../../testkit/subscriptions.ts';
import { until } from '../../testkit/waiting.ts';

const SYMBOLS = (['FUTURES', 'SPOT'] as const).map((marketType) => ({ marketType, symbol: 'BTCUSDT', tickSize: '0.01', price: '100' }));
const LONG: SignalInput = { symbol: 'BTCUSDT', marketType: 'FUTURES', direction: 'LONG', takeProfit: '110', stopLoss: '90' };
const SHORT: SignalInput = { ...LONG, direction: 'SHORT', takeProfit: '90', stopLoss: '110' };
const FEEDS = '{ marketFeeds { marketType state symbols symbolsInSync lastTickAt } }';

interface Cluster {
  readonly worker: Product;
  readonly a: Product;
  readonly b: Product;
  readonly token: string;
  tick(price: string): number;
}

/** One worker and two API nodes on one database and one exchange, all in this process, each with connections of its own. */
async function startCluster(env: Record<string, string> = {}): Promise<Cluster> {
  const exchange = await startExchange({ symbols: SYMBOLS });
  afterAll(() => exchange.stop());
  const databaseUrl = await freshDatabase();
  const node = (ROLE: string): Promise<Product> =>
    startProduct({ exchange, databaseUrl, env: { ROLE, BUS_SYMBOLS_INTERVAL_MS: '100', ...env } });
  const [worker, a, b] = [await node('worker'), await node('api'), await node('api')];
  return {
    worker,
    a,
    b,
    token: await a.bot('Split'),
    tick: (price) => exchange.tick({ marketType: 'FUTURES', symbol: 'BTCUSDT', price }).id,
  };
}

async function futuresState(node: Product): Promise<{ state: string; symbols: number; symbolsInSync: number; lastTickAt: string | null }> {
  const { marketFeeds } = await node.query<{
    marketFeeds: { marketType: string; state: string; symbols: number; symbolsInSync: number; lastTickAt: string | null }[];
  }>(FEEDS);
  return marketFeeds.find(({ marketType }) => marketType === 'FUTURES')!;
}
const untilFeed = (node: Product, wanted: string): Promise<true> =>
  until(async () => ((await futuresState(node)).state === wanted ? true : undefined), `a ${wanted} feed`);
const untilWatched = (node: Product): Promise<true> =>
  until(async () => ((await futuresState(node)).symbolsInSync === 1 ? true : undefined), 'a watched symbol');

const redis = hasRedis ? await TestRedis.start() : undefined;
afterAll(() => redis?.stop());
if (!redis) console.log('skipped: roles over Redis, because redis-server is not there; get it with apt-get install redis-server');

describe.each(['PostgreSQL', 'Redis'])('a worker and two API nodes over %s', (bus) => {
  const skipped = bus === 'Redis' && !redis;
  const env = bus === 'Redis' && redis ? { REDIS_URL: redis.url } : {};

  test.skipIf(skipped)(
    'a signal at one node is watched at once, opens after the leader’s newest trade, and closes before the eyes of the other',
    async () => {
      const { a, b, token, tick } = await startCluster(env);
      await untilFeed(a, 'LIVE');
      await a.symbolsKnown(token);
      await a.pricesKnown(SYMBOLS);
      const closures = b.subscribe<{ trade: Trade }>(ON_TRADE_CLOSED);
      const prices = b.subscribe<{ price: string }[]>('subscription { priceTicks { price } }');

      const first = await a.open(token, LONG); // no entry price: the node knows the leader's
      expect(first).toMatchObject({ entryPrice: '100', marketPriceAtEntry: '100' });
      await untilWatched(a);
      const newest = tick('101');
      await b.whenApplied('FUTURES', 'BTCUSDT', newest);
      await prices.next((list) => list.some(({ price }) => price === '101'));

      const second = await b.open(token, SHORT);
      expect(second.marketPriceAtEntry).toBe('101');
      expect(await b.openedAfter(second.id)).toBe(newest);

      const touch = String(tick('110'));
      const told = await Promise.all([first, second].map(({ id }) => closures.next(({ trade }) => trade.id === id)));
      expect(told.map(({ trade }) => [trade.status, trade.closedBy?.aggregateTradeId])).toEqual([
        ['CLOSED_TP', touch],
        ['CLOSED_SL', touch],
      ]);
      expect(a.logged.concat(b.logged)).toEqual([]);
    },
  );
});

test.skipIf(!redis)('Redis stopped and started again: what happened meanwhile is late and not lost (F39)', async () => {
  const { worker, a, b, token, tick } = await startCluster({ REDIS_URL: redis!.url, BUS_RETRY_MS: '50', BUS_SILENT_AFTER_MS: '1500' });
  await untilFeed(a, 'LIVE');
  const events = b.subscribe<RecordEvent>(ON_EVENTS);
  await a.open(token, { ...LONG, entryPrice: '100' });
  await untilWatched(a);

  await redis!.stop();
  await untilFeed(a, 'STALE');
  const second = await a.open(token, { ...SHORT, entryPrice: '100' });
  expect(await a.openedAfter(second.id)).toBeNull(); // nobody could be asked, so the exchange's time decides
  await until(
    async () => (Number((await worker.sql<{ n: string }>('SELECT count(*) AS n FROM events'))[0]?.n) === 4 ? true : undefined),
    'four events',
  );
  tick('120');
  await a.whenClosed(second.id);
  await events.when(() => events.items.length === 6, 'six events at the other node');

  await redis!.start();
  await untilFeed(a, 'LIVE');
  const third = await b.open(token, { ...LONG, entryPrice: '100', takeProfit: '130' });
  expect(third.status).toBe('OPEN');
  await events.when(() => events.items.length === 8, 'eight events at the other node');
  expect(events.items.map(({ sequence }) => sequence)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
});

test('without a worker nothing is made up: feeds are down, prices grow old, and what was missed is made good afterwards', async () => {
  const { worker, a, token, tick } = await startCluster({
    BUS_SILENT_AFTER_MS: '1000',
    BUS_OFFLINE_AFTER_MS: '2500',
    SIGNALS_MAX_PRICE_AGE_MS: '2000',
  });
  const states = a.subscribe<{ marketType: string; state: string }[]>('subscription { marketFeedsUpdated { marketType state } }');
  await untilFeed(a, 'LIVE');
  await a.symbolsKnown(token);
  await a.open(token, LONG);
  await untilWatched(a);
  await worker.stop();
  await untilFeed(a, 'OFFLINE');
  const told = states.items.map((feeds) => feeds.find(({ marketType }) => marketType === 'FUTURES')?.state);
  expect(told.slice(told.lastIndexOf('LIVE'))).toContain('STALE');
  expect(await a.createSignal(token, LONG)).toMatchObject({ userErrors: [{ code: 'NO_MARKET_PRICE' }] });
  const blind = await a.open(token, { ...LONG, entryPrice: '100' });
  expect(blind.marketPriceAtEntry).toBeNull();
  expect(await a.openedAfter(blind.id)).toBeNull();

  const touch = String(tick('110'));
  tick('105');
  await worker.start();
  expect((await a.whenClosed(blind.id)).closedBy).toMatchObject({ aggregateTradeId: touch, source: 'BACKFILL' });
});

test('a worker has no public side but its health', async () => {
  const { worker } = await startCluster();
  const answers = await Promise.all(['/healthz', '/readyz', '/graphql'].map((path) => fetch(`${worker.url}${path}`)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
});

test.each(TRANSPORTS)(
  'nodes are replaced one after the other, and a viewer that goes from one to the next misses nothing (%s)',
  async (transport) => {
    const { a, b, token } = await startCluster();
    const seen: RecordEvent[] = [];
    let signals = 0;
    const open = async (node: Product): Promise<void> =>
      void (await node.open(token, { ...LONG, entryPrice: '100', externalId: `s${(signals += 1)}` }));

    for (const [from, to] of [
      [a, b],
      [b, a],
      [a, b],
    ] as const) {
      // prettier-ignore
      const events = from.subscribe<RecordEvent>(ON_EVENTS, { after: seen.at(-1)?.sequence ?? '0' }, transport);
      await open(from);
      await open(to);
      await events.when(() => events.items.length + seen.length >= 2 * signals - 1, 'what happened at both nodes');
      await from.stop(); // in the midst of it: what comes next is told by the other
      seen.push(...events.items);
      await open(to);
      await from.start();
    }
    const rest = b.subscribe<RecordEvent>(ON_EVENTS, { after: seen.at(-1)!.sequence }, transport);
    await rest.when(() => seen.length + rest.items.length === 2 * signals, 'the rest');
    expect([...seen, ...rest.items].map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 2 * signals }, (_, index) => String(index + 1)),
    );
  },
);
