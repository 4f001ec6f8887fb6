import { expect, test } from 'vitest';
import { fromFreqtrade } from './freqtrade.ts';
import { HookMessage } from './hook-message.ts';

/** As the documented configuration makes freqtrade fill it in. */
const ENTRY = {
  event: 'entry_fill',
  trade_id: '7',
  pair: 'BTC/USDT:USDT',
  direction: 'Short',
  open_rate: '100.00000000',
  takeProfitPercent: '3',
  stopLossPercent: '2',
  strategy: 'Sample',
  timeframe: '5m',
};
const read = (more: object = {}) => fromFreqtrade(new HookMessage(Object.entries({ ...ENTRY, ...more })));

test('an entry that was filled is a signal', () => {
  expect(read()).toEqual({
    kind: 'SIGNAL',
    input: {
      externalId: 'freqtrade:BTC/USDT:USDT:7',
      symbol: 'BTCUSDT',
      marketType: 'FUTURES',
      direction: 'SHORT',
      entryPrice: '100.00000000',
      takeProfit: '97',
      stopLoss: '102',
      strategy: 'Sample',
      timeframe: '5m',
    },
  });
});

test.for([
  [
    { pair: 'BTC/USDT', direction: null },
    { symbol: 'BTCUSDT', marketType: 'SPOT', direction: 'LONG' },
  ],
  [
    { pair: 'BTC/USDT', direction: 'Long' },
    { marketType: 'SPOT', direction: 'LONG' },
  ],
  [{ pair: '1000PEPE/USDC:USDC' }, { symbol: '1000PEPEUSDC', marketType: 'FUTURES' }],
  [
    { takeProfit: '90', stopLoss: '101' },
    { takeProfit: '90', stopLoss: '101' },
  ],
  [{ externalId: 'run2-7', trade_id: null }, { externalId: 'run2-7' }],
  [{ open_rate: null, takeProfit: '90', stopLoss: '101' }, { entryPrice: undefined }],
  [{ status: 'pending' }, { status: 'PENDING' }],
  // As Python writes floats: SHIB, PEPE, and an average of fills.
  [
    { open_rate: '1.234e-05', direction: 'Long' },
    { entryPrice: '0.00001234', takeProfit: '0.0000127102', stopLoss: '0.0000120932' },
  ],
  [
    { open_rate: '7e-06', takeProfitPercent: '5e-01', stopLossPercent: '2.5E+00', direction: 'Long' },
    { entryPrice: '0.000007', takeProfit: '0.000007035', stopLoss: '0.000006825' },
  ],
  [
    { open_rate: '1.23456789012e-05', takeProfit: '1.1e-05', stopLoss: '1.3E-5', takeProfitPercent: null, stopLossPercent: null },
    { entryPrice: '0.0000123456789012', takeProfit: '0.000011', stopLoss: '0.000013' },
  ],
  [
    { strategy: '1e5', externalId: '2e5', confidence: '5e-01' },
    { strategy: '1e5', externalId: '2e5', confidence: 0.5 },
  ],
])('%j makes %j', ([more, expected]) => {
  expect(read(more)).toMatchObject({ kind: 'SIGNAL', input: expected });
});

test('an exit tells which entry it ends', () => {
  expect(read({ event: 'exit_fill' })).toEqual({ kind: 'EXIT', externalId: 'freqtrade:BTC/USDT:USDT:7' });
  expect(read({ event: 'exit_fill', externalId: 'run2-7', pair: null, trade_id: null })).toEqual({ kind: 'EXIT', externalId: 'run2-7' });
});

test.for([
  [{ event: null }, 'event FIELD_MISSING'],
  [{ event: 'entry' }, 'event VALUE_UNKNOWN'],
  [{ event: 'status' }, 'event VALUE_UNKNOWN'],
  [{ pair: 'BTCUSDT' }, 'pair VALUE_UNKNOWN'],
  [{ pair: 'BTC/USD:BTC' }, 'pair VALUE_UNKNOWN'], // settles in the coin
  [{ direction: null }, 'direction FIELD_MISSING'],
  [{ trade_id: null }, 'trade_id FIELD_MISSING'],
  [{ stopLossPercent: null }, 'stopLoss FIELD_MISSING'],
  [{ event: 'exit_fill', trade_id: null, pair: null }, 'trade_id FIELD_MISSING', 'pair FIELD_MISSING'],
] as const)('%j is refused: %s', ([more, ...expected]) => {
  const request = read(more);
  expect(request.kind === 'REFUSED' ? request.refusals.map(({ field, code }) => `${field.join()} ${code}`) : request).toEqual(expected);
});
