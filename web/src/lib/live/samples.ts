import type { OpenTrade, Performance, Trade } from '#lib/graphql/later/documents.ts';
import type { Snapshot, TradeEvent } from './live-store.svelte.ts';

/** What the API could have sent, for tests. */

export const T0 = '2026-11-22T12:00:00.000Z';

export function openTrade(id: string, unrealizedPnl: string, over: Partial<OpenTrade> = {}): OpenTrade {
  return {
    id,
    symbol: 'BTCUSDT',
    marketType: 'FUTURES',
    direction: 'LONG',
    status: 'OPEN',
    positionSize: '100',
    entryPrice: '42500.5',
    entryDeviationPct: null,
    entryTime: T0,
    takeProfit: '43500',
    stopLoss: '42000',
    exitPrice: null,
    exitTime: null,
    durationSeconds: null,
    fees: null,
    realizedPnl: null,
    realizedPnlPct: null,
    priceDecimals: 1,
    closedBy: null,
    signal: { timeframe: '1h', strategy: 'default' },
    currentPrice: '42500.5',
    currentPriceTime: T0,
    symbolStatus: 'TRADING',
    unrealizedPnl,
    unrealizedPnlPct: Number(unrealizedPnl),
    ...over,
  };
}

export function closedTrade(id: string, sequence: string, realizedPnl: string, exitTime = '2026-11-22T12:00:10.000Z'): Trade {
  const {
    currentPrice: _p,
    currentPriceTime: _t,
    symbolStatus: _s,
    unrealizedPnl: _u,
    unrealizedPnlPct: _c,
    ...trade
  } = openTrade(id, '0');
  return {
    ...trade,
    status: 'CLOSED_TP',
    exitPrice: '43500',
    exitTime,
    realizedPnl,
    realizedPnlPct: Number(realizedPnl),
    closedBy: { sequence },
  };
}

export function closure(id: string, sequence: string, realizedPnl: string): TradeEvent {
  return { kind: 'closed', sequence, trade: closedTrade(id, sequence, realizedPnl) };
}

export function opening(id: string, sequence: string, unrealizedPnl = '0'): TradeEvent {
  return { kind: 'opened', sequence, trade: openTrade(id, unrealizedPnl, { entryTime: '2026-11-22T12:00:05.000Z' }) };
}

export function performance(closedTrades: number, totalPnl: string, over: Partial<Performance> = {}): Performance {
  return {
    asOf: T0,
    sequence: String(90 + closedTrades),
    capitalBase: '1000',
    totalSignals: closedTrades,
    openPositions: 0,
    closedTrades,
    wins: closedTrades,
    losses: 0,
    flats: 0,
    totalPnl,
    unrealizedPnl: '0',
    openWithoutPrice: 0,
    currentDrawdown: '0',
    ambiguousTrades: 0,
    totalPnlIfAmbiguousWon: totalPnl,
    winRate: { value: 100, reason: null },
    winRateInterval: { low: 90, high: 100 },
    averageProfit: { value: 1, reason: null },
    averageLoss: { value: null, reason: 'NO_LOSSES' },
    profitFactor: { value: null, reason: 'NO_LOSSES' },
    payoffRatio: { value: null },
    ...over,
  };
}

/** Two open positions (+1.5 and −0.5) after ten closed trades that made 20. */
export function snapshot(over: Partial<Snapshot> = {}): Snapshot {
  return {
    performance: { ok: true, data: performance(10, '20') },
    feeds: { ok: true, data: [{ marketType: 'FUTURES', state: 'LIVE', simulated: false, lastTickAt: T0 }] },
    open: { ok: true, data: { positions: [openTrade('a', '1.5'), openTrade('b', '-0.5')] } },
    latest: { ok: true, data: [closedTrade('z', '100', '2', '2026-11-22T11:00:00.000Z')] },
    ...over,
  };
}
