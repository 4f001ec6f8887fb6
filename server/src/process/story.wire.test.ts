import { beforeAll, describe, expect, test } from 'vitest';
import type { Collector } from '../../testkit/collector.ts';
import { ON_EVENTS, ON_TRADE_CLOSED, ON_TRADE_OPENED, SIGNAL_FIELDS, TRADE_FIELDS } from '../../testkit/documents.ts';
import type { Direction, MarketType, RecordEvent, Trade } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { TRANSPORTS } from '../../testkit/subscriptions.ts';

/** One chapter: a signal, the prices that follow, and what the trade must have become, worked out by hand from the rules. */
interface Chapter {
  readonly direction: Direction;
  readonly symbol: string;
  readonly market: string;
  readonly entry: string;
  readonly takeProfit: string;
  readonly stopLoss: string;
  /** The first moves the price and reaches nothing, the last touches. */
  readonly ticks: readonly [string, string, string];
  readonly status: 'CLOSED_TP' | 'CLOSED_SL';
  readonly quantity: string;
  readonly exitPrice: string;
  readonly grossPnl: string;
  readonly riskReward: number;
  readonly deviationPct: number;
  /** Per market: fees, realised P/L, its multiple of the risk, and unrealised P/L at the first tick. */
  readonly money: Readonly<Record<MarketType, readonly [fees: string, realizedPnl: string, rMultiple: number, unrealizedPnl: string]>>;
}

// prettier-ignore
const CHAPTERS: Record<string, Chapter> = {
  'LONG, take profit jumped over': {
    direction: 'LONG', symbol: 'BTCUSDT', market: '42480', entry: '42500', takeProfit: '43350', stopLoss: '42000',
    ticks: ['42510', '43349.99', '43400'], status: 'CLOSED_TP', quantity: '0.002352941176470588', exitPrice: '43350', grossPnl: '2',
    riskReward: 1.7, deviationPct: 0.047080979284369114,
    money: { SPOT: ['0.202', '1.798', 1.5283, '-0.17649412'], FUTURES: ['0.101', '1.899', 1.61415, '-0.07648235'] },
  },
  'LONG, stop loss jumped over': {
    direction: 'LONG', symbol: 'ETHUSDT', market: '2251.37', entry: '2250', takeProfit: '2300', stopLoss: '2200',
    ticks: ['2210.5', '2200.01', '2187.4'], status: 'CLOSED_SL', quantity: '0.044444444444444444', exitPrice: '2187.4', grossPnl: '-2.78222222',
    riskReward: 1, deviationPct: -0.06085183688154324,
    money: { SPOT: ['0.19721778', '-2.97944', -1.340748, '-1.9538'], FUTURES: ['0.09860889', '-2.88083111', -1.2963739995, '-1.85467778'] },
  },
  'SHORT, take profit touched exactly': {
    direction: 'SHORT', symbol: 'SOLUSDT', market: '98.41', entry: '98.5', takeProfit: '95', stopLoss: '101',
    ticks: ['96.2', '95.01', '95.00'], status: 'CLOSED_TP', quantity: '1.015228426395939086', exitPrice: '95', grossPnl: '3.55329949',
    riskReward: 1.4, deviationPct: 0.0914541205162077,
    money: { SPOT: ['0.1964467', '3.35685279', 1.32259999926, '2.13736041'], FUTURES: ['0.09822335', '3.45507614', 1.36129999916, '2.23619289'] },
  },
  'SHORT, stop loss touched exactly': {
    direction: 'SHORT', symbol: 'XRPUSDT', market: '0.6199', entry: '0.62', takeProfit: '0.6', stopLoss: '0.63',
    ticks: ['0.6299', '0.6001', '0.6300'], status: 'CLOSED_SL', quantity: '161.29032258064516129', exitPrice: '0.63', grossPnl: '-1.61290323',
    riskReward: 2, deviationPct: 0.016131634134537828,
    money: { SPOT: ['0.2016129', '-1.81451613', -1.1250000006, '-1.79837097'], FUTURES: ['0.10080645', '-1.71370968', -1.0625000016, '-1.69757258'] },
  },
};

const MARKETS: readonly MarketType[] = ['SPOT', 'FUTURES'];
const CASES = Object.entries(CHAPTERS).flatMap(([name, chapter]) => MARKETS.map((marketType) => ({ name, marketType, chapter })));

interface TradeEvent {
  readonly sequence: string;
  readonly trade: Trade;
}
interface OpenPositions {
  readonly count: number;
  readonly totalUnrealizedPnl: string;
  readonly positions: readonly Trade[];
}

describe('from a signal to a closed trade', () => {
  let product: Product;
  let token: string;
  const opened: Collector<TradeEvent>[] = [];
  const closed: Collector<TradeEvent>[] = [];
  const events: Collector<RecordEvent>[] = [];
  let positions: Collector<OpenPositions>;
  let performance: Collector<{ closedTrades: number; totalPnl: string }>;

  beforeAll(async () => {
    const symbols = Object.values(CHAPTERS).flatMap(({ symbol, market }) =>
      MARKETS.map((marketType) => ({ marketType, symbol, price: market })),
    );
    product = await startProduct({ exchangeOptions: { symbols, firstAggId: 1_000 } });
    token = await product.bot('Story Teller');
    await product.symbolsKnown(token);
    await product.pricesKnown(symbols);
    for (const transport of TRANSPORTS) {
      opened.push(product.subscribe<TradeEvent>(ON_TRADE_OPENED, { after: '0' }, transport));
      closed.push(product.subscribe<TradeEvent>(ON_TRADE_CLOSED, { after: '0' }, transport));
      events.push(product.subscribe<RecordEvent>(ON_EVENTS, { after: '0' }, transport));
    }
    positions = product.subscribe(
      `subscription { openPositionsUpdated(intervalMs: 100) { count totalUnrealizedPnl positions { ${TRADE_FIELDS} } } }`,
    );
    performance = product.subscribe('subscription { performanceUpdated(intervalMs: 100) { closedTrades totalPnl } }', {}, 'SSE');
  });

  test.each(CASES)('$marketType $name', async ({ marketType, chapter }) => {
    const { direction, symbol, market, entry, takeProfit, stopLoss, ticks } = chapter;
    const [fees, realizedPnl, rMultiple, unrealizedPnl] = chapter.money[marketType];
    const stream = `${symbol.toLowerCase()}@aggTrade`;

    // The bot posts its signal.
    const input = { externalId: `${marketType}-${symbol}`, symbol, marketType, direction, entryPrice: entry, takeProfit, stopLoss };
    const more = { confidence: 0.75, timeframe: '15m', strategy: 'story', note: '<b>as text</b>', sentAt: '2026-01-02T03:04:05.678Z' };
    const { signal, trade, duplicate, userErrors } = await product.createSignal(token, { ...input, ...more });
    expect({ duplicate, userErrors }).toEqual({ duplicate: false, userErrors: [] });
    expect(signal).toEqual({
      ...input,
      ...more,
      id: expect.any(String),
      bot: { slug: 'story-teller' },
      status: 'ACTIVE',
      receivedAt: trade?.entryTime,
      expiresAt: null,
      leftOutReason: null,
    });
    if (!signal || !trade) throw new Error('no trade');
    const always = {
      id: expect.any(String),
      symbol,
      marketType,
      direction,
      positionSize: '100',
      quantity: chapter.quantity,
      entryPrice: entry,
      entryTime: trade.entryTime,
      takeProfit,
      stopLoss,
      riskRewardRatio: chapter.riskReward,
      marketPriceAtEntry: market,
      entryDeviationPct: expect.closeTo(chapter.deviationPct, 12),
    };
    const neverClosed = {
      exitPrice: null,
      exitTime: null,
      durationSeconds: null,
      grossPnl: null,
      fees: null,
      realizedPnl: null,
      closedBy: null,
    };
    expect(trade).toMatchObject({
      ...always,
      ...neverClosed,
      signal: { id: signal.id, status: 'ACTIVE' },
      status: 'OPEN',
      currentPrice: market,
    });

    // The worker watches the symbol; the price moves, and viewers see what the trade is worth.
    await product.exchange.whenSubscribed(marketType, stream);
    product.exchange.tick({ marketType, symbol, price: ticks[0] });
    const moved = await positions.next(
      ({ positions: rows }) => rows.some((row) => row.id === trade.id && row.unrealizedPnl === unrealizedPnl),
      'the first move',
    );
    expect(moved).toMatchObject({ count: 1, totalUnrealizedPnl: unrealizedPnl, positions: [{ currentPrice: ticks[0], status: 'OPEN' }] });

    // The level is reached: by the last of these, and not by the one before it.
    const touchMs = Date.now() + 1;
    product.exchange.tick({ marketType, symbol, price: ticks[1], timeMs: touchMs - 1 });
    const touching = product.exchange.tick({ marketType, symbol, price: ticks[2], timeMs: touchMs });
    product.exchange.tick({ marketType, symbol, price: market, timeMs: touchMs + 1 });
    const exitTime = new Date(touchMs).toISOString();

    const now = await product.whenClosed(trade.id);
    expect(now).toEqual({
      ...always,
      signal: { id: signal.id, status: 'CLOSED' },
      status: chapter.status,
      exitPrice: chapter.exitPrice,
      exitTime,
      durationSeconds: (touchMs - Date.parse(trade.entryTime)) / 1000,
      grossPnl: chapter.grossPnl,
      fees,
      realizedPnl,
      realizedPnlPct: Number(realizedPnl),
      rMultiple: expect.closeTo(rMultiple, 10),
      closedBy: {
        sequence: expect.stringMatching(/^\d+$/),
        source: 'LIVE',
        aggregateTradeId: String(touching.id),
        price: chapter.status === 'CLOSED_TP' && direction === 'LONG' ? ticks[2] : chapter.exitPrice,
        time: exitTime,
        ambiguous: false,
      },
      currentPrice: null,
      unrealizedPnl: null,
      unrealizedPnlPct: null,
    });
    expect(await product.query<object>(`query ($id: ID!) { signal(id: $id) { ${SIGNAL_FIELDS} } }`, { id: signal.id })).toEqual({
      signal: { ...signal, status: 'CLOSED' },
    });

    // Subscribers were told, over both transports, each with the whole trade.
    for (const told of opened) expect((await told.next((event) => event.trade.id === trade.id)).trade).toMatchObject(always);
    for (const told of closed) {
      const event = await told.next(({ trade: { id } }) => id === trade.id);
      expect(event).toEqual({ sequence: now.closedBy?.sequence, trade: now });
    }
    const kinds = ['SignalReceived', 'TradeOpened', 'TradeClosed'];
    for (const told of events) {
      await told.next((event) => event.__typename === 'TradeClosed' && event.trade?.id === trade.id);
      const about = told.items.filter((event) => event.trade?.id === trade.id || event.signal?.id === signal.id);
      expect(about.map(({ __typename }) => __typename)).toEqual(kinds);
      expect(told.items.map(({ sequence }) => Number(sequence))).toEqual(told.items.map((_, index) => index + 1));
    }
    await positions.when(() => positions.items.at(-1)?.count === 0, 'no open position');
    const sum = await summary(product);
    await performance.next((told) => told.closedTrades === sum.performance.closedTrades && told.totalPnl === sum.performance.totalPnl);

    // And it is final: neither prices nor the bot nor the operator's own hand changes it.
    product.exchange.tick({ marketType, symbol, price: stopLoss });
    expect((await product.cancelSignal(token, signal.id)).userErrors).toMatchObject([{ code: 'SIGNAL_NOT_PENDING' }]);
    expect(await product.createSignal(token, { ...input, ...more })).toMatchObject({
      duplicate: true,
      signal: { id: signal.id },
      trade: now,
    });
    const change = product.sql(`UPDATE paper_trades SET realized_pnl = 100 WHERE id = $1`, [trade.id]);
    await expect(change).rejects.toThrow(/is closed and cannot change/);
    await expect(product.sql(`UPDATE paper_trades SET status = 'OPEN' WHERE id = $1`, [trade.id])).rejects.toThrow(/cannot change/);
    await expect(product.sql('DELETE FROM paper_trades WHERE id = $1', [trade.id])).rejects.toThrow(/append-only/);
    expect(await product.trade(trade.id)).toEqual(now);
  });

  test('the numbers agree with each other and with the sum by hand, to the last digit', async () => {
    const { performance: total, equityCurve } = await summary(product);
    expect(total).toEqual({
      totalSignals: 8,
      totalTrades: 8,
      openPositions: 0,
      closedTrades: 8,
      wins: 4,
      losses: 4,
      flats: 0,
      totalPnl: '1.12043201',
      grossPnl: '2.31634808',
      fees: '1.19591607',
      unrealizedPnl: '0',
      maxDrawdown: '5.86027111',
      currentDrawdown: '3.52822581',
      winRate: { value: 50 },
      currentStreak: -2,
      bestTrade: { realizedPnl: '3.45507614' },
      worstTrade: { realizedPnl: '-2.97944' },
    });
    const totals = ['1.798', '3.697', '0.71756', '-2.16327111', '1.19358168', '4.64865782', '2.83414169', '1.12043201'];
    const falls = ['0', '0', '2.97944', '5.86027111', '2.50341832', '0', '1.81451613', '3.52822581'];
    expect(equityCurve).toEqual(totals.map((totalPnl, index) => ({ totalPnl, drawdown: falls[index], closedTrades: index + 1 })));
    const [row] = await product.sql<{ sum: string }>('SELECT trim_scale(SUM(realized_pnl))::text AS sum FROM paper_trades');
    expect(row?.sum).toBe(total.totalPnl);
  });

  test('both transports told the same events', () => {
    expect(events[0]?.items).toEqual(events[1]?.items);
    expect(events[0]?.items).toHaveLength(24);
    expect(product.logged).toEqual([]);
  });
});

interface Summary {
  readonly performance: { readonly closedTrades: number; readonly totalPnl: string };
  readonly equityCurve: readonly object[];
}

function summary(product: Product): Promise<Summary> {
  return product.query<Summary>(`{
    performance {
      totalSignals totalTrades openPositions closedTrades wins losses flats totalPnl grossPnl fees unrealizedPnl maxDrawdown currentDrawdown
      winRate { value } currentStreak bestTrade { realizedPnl } worstTrade { realizedPnl }
    }
    equityCurve { totalPnl drawdown closedTrades }
  }`);
}
