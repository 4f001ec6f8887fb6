import { beforeAll, describe, expect, test } from 'vitest';
import type { SignalInput } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';

const marketType = 'FUTURES';
const LONG = { symbol: 'BTCUSDT', marketType, direction: 'LONG', entryPrice: '100', takeProfit: '110', stopLoss: '90' } as const;

let product: Product;
let token: string;

beforeAll(async () => {
  const symbols = (['SPOT', marketType] as const).map((market) => ({ marketType: market, symbol: 'BTCUSDT', price: '100' }));
  product = await startProduct({ exchangeOptions: { symbols }, env: { TRACK_MIN_CONFIDENCE: '0.2' } });
  token = await product.bot('Signaller');
  await product.symbolsKnown(token);
  await product.pricesKnown([{ marketType, symbol: 'BTCUSDT' }]);
});

interface Figures {
  trades: { totalCount: number };
  signals: { totalCount: number };
  signalFunnel: { name: string; count: number; reasons: { code: string; count: number }[] }[];
  breakdown: { key: string; performance: { totalTrades: number; unrealizedPnl: string } }[];
  performance: {
    sequence: string;
    totalSignals: number;
    totalTrades: number;
    openPositions: number;
    closedTrades: number;
    unrealizedPnl: string;
  };
  openPositions: { count: number; totalUnrealizedPnl: string };
  equityCurve: { closedTrades: number }[];
  pnlByPeriod: { closedTrades: number }[];
  pnlDistribution: { count: number }[];
}
const FIGURES = `query ($filter: TradeFilter) {
  trades(filter: $filter, first: 1) { totalCount }
  signals(filter: $filter, first: 1) { totalCount }
  signalFunnel(filter: $filter) { name count reasons { code count } }
  breakdown(by: BOT, filter: $filter) { key performance { totalTrades unrealizedPnl } }
  performance(filter: $filter) { sequence totalSignals totalTrades openPositions closedTrades unrealizedPnl }
  openPositions(filter: $filter) { count totalUnrealizedPnl }
  equityCurve(filter: $filter, points: 2) { closedTrades }
  pnlByPeriod(period: MONTH, filter: $filter) { closedTrades }
  pnlDistribution(filter: $filter) { count }
}`;
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

test('everything in one request is of one moment, while signals come, prices move and trades close', async () => {
  let writing = true;
  const writes = (async () => {
    for (let round = 0; round < 24; round += 1) {
      await Promise.all([
        product.open(token, LONG),
        product.createSignal(token, { ...LONG, takeProfit: '101' }), // refused where the market is at 101 for a moment
        product.createSignal(token, { ...LONG, status: 'PENDING' }),
      ]);
      for (const price of round % 3 === 2 ? ['101', '99.9'] : ['99.8'])
        product.exchange.tick({ marketType, symbol: 'BTCUSDT', price, quantity: '1' });
    }
  })().finally(() => (writing = false));
  const seen = new Set<string>();
  while (writing) {
    const all = await Promise.all([
      product.query<Figures>(FIGURES, {}),
      product.query<Figures>(FIGURES, { filter: { symbol: ['BTCUSDT'] } }),
    ]);
    for (const { performance, openPositions, ...rest } of all) {
      seen.add(performance.sequence);
      const steps = Object.fromEntries(rest.signalFunnel.map(({ name, count }) => [name, count]));
      expect({
        total: rest.trades.totalCount,
        signals: rest.signals.totalCount,
        accepted: steps['ACCEPTED'],
        open: steps['OPEN'],
        closed: steps['CLOSED'],
        ofBots: sum(rest.breakdown.map((row) => row.performance.totalTrades)),
        positions: openPositions.count,
        unrealized: openPositions.totalUnrealizedPnl,
        curve: rest.equityCurve.at(-1)?.closedTrades ?? 0,
        months: sum(rest.pnlByPeriod.map(({ closedTrades }) => closedTrades)),
        bins: sum(rest.pnlDistribution.map(({ count }) => count)),
      }).toEqual({
        total: performance.totalTrades,
        signals: performance.totalSignals,
        accepted: performance.totalSignals,
        open: performance.openPositions,
        closed: performance.closedTrades,
        ofBots: performance.totalTrades,
        positions: performance.openPositions,
        unrealized: performance.unrealizedPnl,
        curve: performance.closedTrades,
        months: performance.closedTrades,
        bins: performance.closedTrades,
      });
    }
  }
  await writes;
  expect(seen.size).toBeGreaterThan(3);
});

describe('the funnel', () => {
  const steps = async (filter: object | null = null): Promise<Record<string, number>> => {
    const { signalFunnel } = await product.query<Figures>(
      'query ($filter: TradeFilter) { signalFunnel(filter: $filter) { name count reasons { code count } } }',
      { filter },
    );
    return Object.fromEntries(
      signalFunnel.flatMap(({ name, count, reasons }) => [[name, count], ...reasons.map(({ code, count: of }) => [code, of])]),
    ) as Record<string, number>;
  };

  test('counts every signal of a bot at one place: accepted, repeated, refused by its first reason, pending, left out, traded', async () => {
    const other = await product.bot('Funnel');
    const filter = { bot: ['funnel'] };
    const send = (input: Partial<SignalInput>) => product.createSignal(other, { ...LONG, ...input });
    await send({ externalId: 'one' });
    await send({ externalId: 'one' });
    await send({ externalId: 'one', note: 'another content' });
    await send({ takeProfit: '1e3', stopLoss: '100', strategy: '' });
    await send({ symbol: 'NOSUCHUSDT' });
    await send({ symbol: 'NOSUCHUSDT' });
    await send({ confidence: 0.1 });
    await send({ status: 'PENDING' });
    const { signal } = await send({ status: 'PENDING' });
    await product.cancelSignal(other, signal!.id);
    await product.createSignal(null, LONG);
    expect(await steps(filter)).toEqual({
      RECEIVED: 10 - 1,
      DUPLICATE: 1,
      REFUSED: 4,
      SYMBOL_UNKNOWN: 2,
      EXTERNAL_ID_CONFLICT: 1,
      TEXT_EMPTY: 1,
      ACCEPTED: 4,
      PENDING: 1,
      CANCELLED: 1,
      LEFT_OUT: 1,
      CONFIDENCE_BELOW_MINIMUM: 1,
      TRADED: 1,
      OPEN: 1,
      CLOSED: 0,
    });
    await product.restart();
    await product.symbolsKnown(token);
    expect(await steps(filter)).toMatchObject({ RECEIVED: 9, DUPLICATE: 1, REFUSED: 4 });
    expect(await steps({ ...filter, symbol: [], strategy: null })).toMatchObject({ RECEIVED: 9 });
  });

  test('of another time than theirs has none of them, and by anything but bot and time says nothing of them', async () => {
    const filter = { bot: ['funnel'] };
    expect(await steps({ ...filter, to: '2020-01-01T00:00:00Z' })).toMatchObject({ RECEIVED: 0, REFUSED: 0, ACCEPTED: 0 });
    expect(await steps({ ...filter, from: new Date(Date.now() + 3_600_000).toISOString() })).toMatchObject({ RECEIVED: 0, DUPLICATE: 0 });
    const bySymbol = await steps({ ...filter, symbol: ['BTCUSDT'] });
    expect(Object.keys(bySymbol)).not.toContain('RECEIVED');
    expect(Object.keys(bySymbol)).not.toContain('REFUSED');
    expect(bySymbol).toMatchObject({ ACCEPTED: 4 });
  });
});

test('node finds a bot, a signal and a trade by their ids, and nothing else', async () => {
  const { id, signal } = await product.open(token, LONG);
  const { bot } = await product.query<{ bot: { id: string } }>('{ bot(slug: "signaller") { id } }');
  const typeOf = async (node: string) => {
    const answer = await product.query<{ node: { __typename: string; id: string } | null }>(
      'query ($id: ID!) { node(id: $id) { __typename id } }',
      { id: node },
    );
    return answer.node && `${answer.node.__typename} ${answer.node.id}`;
  };
  expect(await Promise.all([typeOf(bot.id), typeOf(signal.id), typeOf(id)])).toEqual([
    `Bot ${bot.id}`,
    `Signal ${signal.id}`,
    `Trade ${id}`,
  ]);
  for (const none of ['', 'x', '00000000-0000-7000-8000-000000000000', '\0']) expect(await typeOf(none)).toBeNull();
});

test.for([
  ['pnlDistribution(bins: 0) { count }', 'bins must be a whole number from 1 to 200'],
  ['pnlDistribution(bins: 201) { count }', 'bins must be'],
  ['leaderboard(minTrades: -1) { rank }', 'minTrades must be'],
  ['leaderboard(minDays: 36501) { rank }', 'minDays must be'],
  ['equityCurve(points: 1) { closedTrades }', 'points must be'],
] as const)('%s is refused', async ([field, message]) => {
  const { errors } = await product.request(`{ ${field} }`);
  expect(errors?.[0]?.message).toContain(message);
  expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
});

test('a leaderboard with its defaults', async () => {
  const { leaderboard } = await product.query<{ leaderboard: { rank: number; key: string; performance: { closedTrades: number } }[] }>(
    '{ leaderboard { rank key performance { closedTrades expectancyInterval { low } } } }',
  );
  expect(leaderboard).toMatchObject([{ rank: 1, key: 'default' }]);
  expect(leaderboard[0]!.performance.closedTrades).toBeGreaterThanOrEqual(10);
});
