import { beforeAll, describe, expect, test } from 'vitest';
import type { SignalInput } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];

/** The questions of an operator, in plain SQL as it is written down for them, against what the public API answers. */
describe('the operator’s questions', () => {
  let product: Product;
  let api: Answer;

  beforeAll(async () => {
    const symbols = SYMBOLS.flatMap((symbol) =>
      (['SPOT', 'FUTURES'] as const).map((marketType) => ({ marketType, symbol, tickSize: '0.01' })),
    );
    product = await startProduct({ exchangeOptions: { symbols } });
    const token = await product.bot('Everything');
    const levels = { entryPrice: '100', takeProfit: '110', stopLoss: '90' } as const;
    const ends = new Map<string, string>();
    const open = async (
      symbol: string,
      marketType: 'SPOT' | 'FUTURES',
      end: string | null,
      more: Partial<SignalInput> = {},
    ): Promise<void> => {
      const { id } = await product.open(token, { symbol, marketType, direction: 'LONG', ...levels, ...more });
      if (end !== null) ends.set(id, end);
    };
    const short = { direction: 'SHORT', takeProfit: '90', stopLoss: '110' } as const;
    await open('BTCUSDT', 'SPOT', 'CLOSED_TP');
    await open('BTCUSDT', 'SPOT', 'CLOSED_TP', { entryPrice: '97.3', takeProfit: '110.01' });
    await open('BTCUSDT', 'SPOT', 'CLOSED_SL', short);
    await open('BTCUSDT', 'FUTURES', 'CLOSED_SL', { stopLoss: '91.7' });
    await open('ETHUSDT', 'FUTURES', 'CLOSED_EXPIRED', { expiresAt: new Date(Date.now() + 30_000).toISOString() });
    await open('ETHUSDT', 'FUTURES', null, { takeProfit: '500' });
    await open('SOLUSDT', 'SPOT', null);
    await product.createSignal(token, { symbol: 'SOLUSDT', marketType: 'SPOT', direction: 'LONG', ...levels, status: 'PENDING' });
    // A take profit that the fees eat is a loss all the same, though its status is that of a profit.
    await open('SOLUSDT', 'FUTURES', 'CLOSED_TP', { entryPrice: '100', takeProfit: '100.01' });

    const watched = [
      ['SPOT', 'btcusdt'],
      ['FUTURES', 'btcusdt'],
      ['FUTURES', 'ethusdt'],
      ['FUTURES', 'solusdt'],
    ] as const;
    for (const [marketType, symbol] of watched) await product.exchange.whenSubscribed(marketType, `${symbol}@aggTrade`);
    product.exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '110.01' });
    product.exchange.tick({ marketType: 'FUTURES', symbol: 'BTCUSDT', price: '88.8' });
    product.exchange.tick({ marketType: 'FUTURES', symbol: 'ETHUSDT', price: '101.5', timeMs: Date.now() + 30_001 });
    product.exchange.tick({ marketType: 'FUTURES', symbol: 'SOLUSDT', price: '100.01' });
    for (const [id, status] of ends) expect((await product.whenClosed(id)).status).toBe(status);
    api = await product.query<Answer>(`{
      all: trades { totalCount }
      open: trades(filter: { status: [OPEN] }) { totalCount edges { node { id } } }
      tookProfit: trades(filter: { status: [CLOSED_TP] }) { totalCount }
      performance { totalTrades openPositions closedTrades wins losses flats totalPnl expectancy { value } averageLoss { value } }
    }`);
  });

  interface Answer {
    readonly all: { readonly totalCount: number };
    readonly open: { readonly totalCount: number; readonly edges: readonly { readonly node: { readonly id: string } }[] };
    readonly tookProfit: { readonly totalCount: number };
    readonly performance: {
      readonly totalTrades: number;
      readonly openPositions: number;
      readonly closedTrades: number;
      readonly wins: number;
      readonly losses: number;
      readonly flats: number;
      readonly totalPnl: string;
      readonly expectancy: { readonly value: number };
      readonly averageLoss: { readonly value: number };
    };
  }

  const one = async (sql: string): Promise<string> => {
    const [row] = await product.sql<{ answer: string }>(sql);
    return row?.answer ?? '';
  };

  test('all system trades', async () => {
    const count = Number(await one('SELECT count(*) AS answer FROM paper_trades WHERE user_id IS NULL'));
    expect(count).toBe(8);
    expect([api.all.totalCount, api.performance.totalTrades]).toEqual([count, count]);
  });

  test('those that are open', async () => {
    const rows = await product.sql<{ id: string }>(`SELECT id FROM paper_trades WHERE user_id IS NULL AND status = 'OPEN'`);
    expect(rows).toHaveLength(2);
    expect(api.open.edges.map(({ node }) => node.id).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
    expect([api.open.totalCount, api.performance.openPositions]).toEqual([2, 2]);
  });

  test('count, wins and losses of those that are closed', async () => {
    expect(api.performance.closedTrades).toBe(Number(await one(`SELECT count(*) AS answer FROM paper_trades WHERE status LIKE 'CLOSED%'`)));
    expect(api.tookProfit.totalCount).toBe(Number(await one(`SELECT count(*) AS answer FROM paper_trades WHERE status LIKE 'CLOSED_TP'`)));
    expect(api.tookProfit.totalCount).toBe(3);
    // What a win is, is decided by the money.
    const closed = `FROM paper_trades WHERE status LIKE 'CLOSED%'`;
    expect(api.performance).toMatchObject({
      wins: Number(await one(`SELECT count(*) AS answer ${closed} AND realized_pnl > 0`)),
      losses: Number(await one(`SELECT count(*) AS answer ${closed} AND realized_pnl < 0`)),
      flats: Number(await one(`SELECT count(*) AS answer ${closed} AND realized_pnl = 0`)),
    });
    expect(api.performance).toMatchObject({ wins: 3, losses: 3, flats: 0 });
  });

  test('the average profit', async () => {
    const average = Number(await one(`SELECT AVG(realized_pnl) AS answer FROM paper_trades WHERE status LIKE 'CLOSED%'`));
    expect(api.performance.expectancy.value).toBeCloseTo(average, 12);
    expect(api.performance.totalPnl).toBe(await one('SELECT trim_scale(SUM(realized_pnl))::text AS answer FROM paper_trades'));
    const loss = Number(await one(`SELECT AVG(realized_pnl) AS answer FROM paper_trades WHERE status LIKE 'CLOSED%' AND realized_pnl < 0`));
    expect(api.performance.averageLoss.value).toBeCloseTo(loss, 12);
  });

  test('every amount is plain: no NaN, no infinity, eight decimals', async () => {
    const odd = `SELECT count(*) AS answer FROM paper_trades WHERE status LIKE 'CLOSED%' AND (realized_pnl = 'NaN' OR scale(realized_pnl) > 8
      OR abs(realized_pnl) = 'Infinity' OR realized_pnl <> round(gross_pnl - fees, 8) AND abs(realized_pnl - (gross_pnl - fees)) > 0.00000001)`;
    expect(await one(odd)).toBe('0');
  });
});
