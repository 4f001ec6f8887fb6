import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFrame } from './binance-frames.ts';

const SPOT = {
  e: 'aggTrade',
  E: 1_700_000_000_010,
  s: 'BTCUSDT',
  a: 12,
  p: '42500.10000000',
  q: '0.00100000',
  f: 1,
  l: 2,
  T: 1_700_000_000_000,
  m: true,
  M: true,
};
const FUTURES = {
  e: 'aggTrade',
  E: 1_700_000_000_010,
  s: 'BTCUSDT',
  a: 12,
  p: '42500.10',
  q: '0.001',
  nq: '0.001',
  f: 1,
  l: 2,
  T: 1_700_000_000_000,
  m: true,
  st: 1,
};

const spot = (value: unknown) => parseFrame(typeof value === 'string' ? value : JSON.stringify(value), 'SPOT');
const combined = (stream: unknown, data: unknown) => spot({ stream, data });

describe('aggTrade', () => {
  test('bare and combined, spot and futures', () => {
    const tick = {
      marketType: 'SPOT',
      symbol: 'BTCUSDT',
      id: 12,
      price: '42500.10000000',
      quantity: '0.00100000',
      timeMs: 1_700_000_000_000,
      source: 'LIVE',
    };
    const expected = { kind: 'TICK', eventTimeMs: 1_700_000_000_010, tick };
    expect(spot(SPOT)).toEqual(expected);
    expect(combined('btcusdt@aggTrade', SPOT)).toEqual(expected);
    expect(parseFrame(JSON.stringify({ stream: 'btcusdt@aggTrade', data: FUTURES }), 'FUTURES')).toEqual({
      kind: 'TICK',
      eventTimeMs: 1_700_000_000_010,
      tick: { ...tick, marketType: 'FUTURES', price: '42500.10', quantity: '0.001' },
    });
  });

  test('a symbol of other letters is taken exactly', () => {
    const frame = combined('币安人生usdt@aggTrade', { ...SPOT, s: '币安人生USDT' });
    expect(frame).toMatchObject({ kind: 'TICK', tick: { symbol: '币安人生USDT' } });
    expect(combined('İusdt@aggTrade', { ...SPOT, s: 'İUSDT' })).toMatchObject({ kind: 'TICK', tick: { symbol: 'İUSDT' } });
  });

  test('of the coin-margined market is dropped', () => {
    expect(parseFrame(JSON.stringify({ ...FUTURES, st: 2 }), 'FUTURES')).toEqual({ kind: 'OTHER_MARKET' });
  });

  test.each([
    [
      'p',
      [
        'NaN',
        'Infinity',
        '1e400',
        '1e5',
        '-1',
        '+1',
        '0',
        '0.000',
        '',
        ' 1',
        '1 ',
        '.5',
        '5.',
        '1,5',
        '0x10',
        '１',
        '1'.repeat(16),
        `0.${'1'.repeat(19)}`,
        42500,
        null,
        true,
        [],
        {},
      ],
    ],
    ['q', ['NaN', '0', '0.0', '-1', '', 1, null]],
    ['a', ['12', 12.5, -1, 2 ** 53, 1e300, null, true, undefined]],
    ['T', ['1', 0, -1, 1.5, 1_700_000_000_000_000, null, undefined]],
    ['E', ['1', 0, -1, 1.5, null, undefined]],
    ['s', ['', 1, null, 'BTC USDT', 'BTC\nUSDT', 'A'.repeat(65), undefined]],
    ['st', [3, '1', null]],
    ['e', ['trade', 'blockTrade', 'aggtrade', '', 1, null]],
  ])('with a wrong %s is refused', (field, values) => {
    for (const value of values) {
      expect(spot({ ...SPOT, [field]: value }), `${field}=${JSON.stringify(value)}`).toMatchObject({ kind: 'REFUSED' });
    }
  });

  test('under the name of another stream is refused, and says whose it claims to be', () => {
    expect(combined('ethusdt@aggTrade', SPOT)).toEqual({
      kind: 'REFUSED',
      reason: 'symbol is not the one of its stream',
      symbol: 'BTCUSDT',
    });
    expect(combined('BTCUSDT@aggTrade', SPOT)).toMatchObject({ kind: 'REFUSED' });
  });
});

describe('other frames', () => {
  test('replies, with errors wrapped and flat', () => {
    expect(spot({ result: null, id: 7 })).toEqual({ kind: 'REPLY', id: 7, fault: null });
    expect(spot({ error: { code: 2, msg: 'Invalid request' }, id: 7 })).toEqual({
      kind: 'REPLY',
      id: 7,
      fault: { code: 2, message: 'Invalid request' },
    });
    expect(spot({ code: 3, msg: 'Invalid JSON' })).toEqual({ kind: 'REPLY', id: null, fault: { code: 3, message: 'Invalid JSON' } });
    expect(spot({ error: 'what' })).toEqual({ kind: 'REPLY', id: null, fault: { code: null, message: '' } });
  });

  test('the end of the connection announced, bare and combined', () => {
    expect(spot({ e: 'serverShutdown', E: 1 })).toEqual({ kind: 'SHUTDOWN' });
    expect(combined('!serverShutdown', { e: 'serverShutdown', E: 1 })).toEqual({ kind: 'SHUTDOWN' });
  });

  test('the sentinels', () => {
    expect(combined('btcusdt@kline_1s', { e: 'kline', E: 5, s: 'BTCUSDT', k: {} })).toEqual({ kind: 'BEAT', eventTimeMs: 5 });
    expect(combined('btcusdt@markPrice@1s', { e: 'markPriceUpdate', E: 5, s: 'BTCUSDT', st: 1 })).toEqual({ kind: 'BEAT', eventTimeMs: 5 });
  });

  test.each([
    '',
    '{',
    'null',
    '1',
    '"x"',
    '[]',
    '[[]]',
    '{}',
    '{"stream":1,"data":{}}',
    '{"stream":"a","data":null}',
    '{"stream":"a","data":[]}',
    '{"e":"aggTrade"}',
  ])('refused: %s', (text) => expect(parseFrame(text, 'SPOT')).toMatchObject({ kind: 'REFUSED' }));

  test('no text throws, and no changed frame becomes a tick that could not be stored', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.constantFrom(...Object.keys(SPOT)), (text, value, field) => {
        parseFrame(text, 'SPOT');
        parseFrame(JSON.stringify(value), 'FUTURES');
        const frame = spot({ ...SPOT, [field]: value });
        if (frame.kind === 'TICK') {
          expect(frame.tick.price).toMatch(/^\d{1,15}(\.\d{1,18})?$/);
          expect(Number(frame.tick.price)).toBeGreaterThan(0);
          expect(Number.isSafeInteger(frame.tick.id)).toBe(true);
        }
      }),
    );
  });
});
