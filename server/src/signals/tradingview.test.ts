import { describe, expect, test } from 'vitest';
import { HookMessage } from './hook-message.ts';
import type { HookRequest } from './hook-signal.ts';
import { fromTradingView } from './tradingview.ts';

const ALERT = { ticker: 'BTCUSDT.P', action: 'buy', close: 100, tp: '110', sl: '90', timenow: '2026-11-22T20:33:00Z', interval: '60' };
const read = (more: object = {}): HookRequest => fromTradingView(new HookMessage(Object.entries({ ...ALERT, ...more })));
const inputOf = (more: object = {}) => {
  const request = read(more);
  if (request.kind !== 'SIGNAL') throw new Error(JSON.stringify(request));
  return request.input;
};

test('an alert is a signal', () => {
  expect(inputOf({ strategy: 'trend', confidence: '0.8', note: 'hi', expiresAt: '2026-11-23T00:00:00Z' })).toEqual({
    externalId: 'tradingview:BTCUSDT.P:2026-11-22T20:33:00Z:LONG:trend',
    symbol: 'BTCUSDT',
    marketType: 'FUTURES',
    direction: 'LONG',
    entryPrice: '100',
    takeProfit: '110',
    stopLoss: '90',
    confidence: 0.8,
    timeframe: '1h',
    strategy: 'trend',
    status: undefined,
    sentAt: new Date('2026-11-22T20:33:00Z'),
    expiresAt: new Date('2026-11-23T00:00:00Z'),
    note: 'hi',
  });
});

describe('its parts', () => {
  test.for([
    ['BTCUSDT', 'BTCUSDT', 'SPOT'],
    ['BINANCE:BTCUSDT', 'BTCUSDT', 'SPOT'],
    ['BINANCE:BTCUSDT.P', 'BTCUSDT', 'FUTURES'],
    ['binance:btcusdt.p', 'btcusdt', 'FUTURES'],
    ['BTCUSDTPERP', 'BTCUSDT', 'FUTURES'],
    ['币安USDT.P', '币安USDT', 'FUTURES'],
  ])('the ticker %s is %s on %s', ([ticker, symbol, marketType]) => {
    expect(inputOf({ ticker })).toMatchObject({ symbol, marketType });
  });

  test('a market that is said goes before what the ticker tells', () => {
    expect(inputOf({ ticker: 'BTCUSDT', marketType: 'futures' })).toMatchObject({ symbol: 'BTCUSDT', marketType: 'FUTURES' });
  });

  test.for([
    ['1', '1m'],
    ['5', '5m'],
    ['60', '1h'],
    ['240', '4h'],
    ['D', '1d'],
    ['1D', '1d'],
    ['W', '1w'],
    ['M', '1M'],
    ['1M', '1M'],
    ['4h', '4h'],
    ['45', '45'], // no timeframe of ours: refused like any other wrong one
    ['constructor', 'constructor'],
  ])('the interval %s is %s', ([interval, timeframe]) => {
    expect(inputOf({ interval }).timeframe).toBe(timeframe);
  });

  test.for([
    ['buy', 'LONG'],
    ['LONG', 'LONG'],
    ['Sell', 'SHORT'],
    ['short', 'SHORT'],
  ])('the action %s is %s', ([action, direction]) => {
    expect(inputOf({ action }).direction).toBe(direction);
  });

  test.for([
    ['buy', { tpPercent: '3', slPercent: '1.5 %' }, '103', '98.5'],
    ['sell', { takeProfitPercent: 3, stop_loss_percent: 1.5 }, '97', '101.5'],
    ['buy', { close: '0.00001234', tpPct: '0.1', slPct: '100' }, '0.00001235234', '0'],
    ['buy', { close: '0.000000000000000001', tpPct: '50', slPct: '50' }, '0.000000000000000002', '0.000000000000000001'],
  ])('%s with %j: take profit %s, stop loss %s', ([action, more, takeProfit, stopLoss]) => {
    expect(inputOf({ action, tp: null, sl: null, ...(more as object) })).toMatchObject({ takeProfit, stopLoss });
  });

  test('the key is the sender’s own or tells alerts apart by ticker, time, direction and strategy', () => {
    expect(inputOf({ externalId: 'mine' }).externalId).toBe('mine');
    const keys = [{}, { action: 'sell' }, { timenow: '2026-11-22T20:34:00Z' }, { ticker: 'BTCUSDT' }, { strategy: 'b' }];
    expect(new Set(keys.map((more) => inputOf(more).externalId)).size).toBe(keys.length);
    expect(inputOf({ close: 101, tp: 111 }).externalId).toBe(inputOf().externalId);
  });

  test('a time in another form still is a key', () => {
    expect(inputOf({ timenow: 'yesterday' })).toMatchObject({ externalId: 'tradingview:BTCUSDT.P:yesterday:LONG', sentAt: undefined });
  });

  test('no confidence that is none becomes one', () => {
    expect(inputOf({ confidence: 'high' }).confidence).toBeNaN();
  });

  test('a position that was left is no new one', () => {
    expect(read({ market_position: 'flat' })).toEqual({ kind: 'EXIT', externalId: null });
    expect(read({ position: 'Flat', externalId: 'x' })).toEqual({ kind: 'EXIT', externalId: 'x' });
  });
});

test.for([
  [{ ticker: null }, 'symbol FIELD_MISSING'],
  [{ ticker: 'BYBIT:BTCUSDT' }, 'symbol VALUE_UNKNOWN'],
  [{ ticker: 'BINANCE:' }, 'symbol VALUE_UNKNOWN'],
  [{ action: null }, 'direction FIELD_MISSING'],
  [{ action: '{{strategy.order.action}}' }, 'direction VALUE_UNKNOWN'],
  [{ marketType: 'MARGIN' }, 'marketType VALUE_UNKNOWN'],
  [{ timenow: null }, 'timenow FIELD_MISSING'],
  [{ tp: null }, 'takeProfit FIELD_MISSING'],
  [{ tp: [] }, 'tp VALUE_UNKNOWN', 'takeProfit FIELD_MISSING'],
  [{ sl: null, slPct: '-1' }, 'stopLossPercent INVALID_DECIMAL'],
  [{ sl: null, slPct: '1', close: null }, 'entryPrice FIELD_MISSING'],
  [{ sl: null, slPct: '1', close: '1e5' }, 'entryPrice VALUE_UNKNOWN'],
  [{ expiresAt: 'soon' }, 'expiresAt VALUE_UNKNOWN'],
  [
    { ticker: '', action: '', tp: '', sl: '' },
    'symbol FIELD_MISSING',
    'direction FIELD_MISSING',
    'takeProfit FIELD_MISSING',
    'stopLoss FIELD_MISSING',
  ],
] as const)('%j is refused: %s', ([more, ...expected]) => {
  const request = read(more);
  const told = request.kind === 'REFUSED' ? request.refusals.map(({ field, code }) => `${field.join()} ${code}`) : request;
  expect(told).toEqual(expected);
});
