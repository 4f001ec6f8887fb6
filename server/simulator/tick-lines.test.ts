import { expect, test } from 'vitest';
import { parseTickLines } from './tick-lines.ts';

const line = (change: object) => JSON.stringify({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '42500.50', quantity: '0.25', ...change });

test('lines become ticks, digits as they were', () => {
  const text = [
    line({ time: 1_700_000_000_123 }),
    '',
    line({ marketType: 'FUTURES', price: 100, quantity: undefined, time: '2023-11-14T22:13:20.5+00:00' }),
  ].join('\r\n');
  expect(parseTickLines(text)).toEqual({
    ticks: [
      { marketType: 'SPOT', symbol: 'BTCUSDT', price: '42500.50', quantity: '0.25', timeMs: 1_700_000_000_123 },
      { marketType: 'FUTURES', symbol: 'BTCUSDT', price: '100', quantity: '1', timeMs: 1_700_000_000_500 },
    ],
  });
  expect(parseTickLines(line({ symbol: '币安人生USDT', time: null }))).toMatchObject({
    ticks: [{ symbol: '币安人生USDT', timeMs: undefined }],
  });
});

test.each([
  ['{', 'not JSON'],
  ['[]', 'not a JSON object'],
  [line({ marketType: 'spot' }), 'marketType must be one of SPOT, FUTURES'],
  [line({ symbol: 'btcusdt' }), 'symbol'],
  [line({ symbol: '' }), 'symbol'],
  [line({ symbol: 'BTC/USDT' }), 'symbol'],
  [line({ price: '0' }), 'price'],
  [line({ price: '-1' }), 'price'],
  [line({ price: '1e5' }), 'price'],
  [line({ price: undefined }), 'price'],
  [line({ price: 1e-9 }), 'price'],
  [line({ quantity: '0' }), 'quantity'],
  [line({ quantity: null }), 'quantity'],
  [line({ time: '2026-01-31T12:00:00' }), 'time'],
  [line({ time: '2026-13-31T12:00:00Z' }), 'time'],
  [line({ time: 1.5 }), 'time'],
  [line({ time: -1 }), 'time'],
  [line({ time: 1_700_000_000_000_000 }), 'time'],
])('%s', (bad, message) => {
  const parsed = parseTickLines(`${line({})}\n\n${bad}\n${line({})}`);
  expect(parsed).toEqual({ error: expect.stringMatching(new RegExp(`^line 3: ${message}`)) });
});

test('nothing at all is refused', () => {
  expect(parseTickLines('\n \n')).toEqual({ error: 'no line' });
});
