import { describe, expect, test } from 'vitest';
import { parseCandles } from './binance-answers.ts';
import { minuteOf, unseenPart } from './candle.ts';
import type { Candle } from './candle.ts';

const CANDLE: Candle = {
  marketType: 'SPOT',
  symbol: 'BTCUSDT',
  open: '100',
  high: '110',
  low: '90',
  close: '105',
  openTimeMs: 600_000,
  closeTimeMs: 659_999,
};
const prices = (...all: string[]) => all.map((price) => ({ price }));

test('the minute of a time', () => {
  expect([minuteOf(600_000), minuteOf(659_999), minuteOf(660_000)]).toEqual([600_000, 600_000, 660_000]);
});

describe('what the known trades of a minute do not explain', () => {
  test.for([
    ['all of it, where none is known', [], '110', '90'],
    ['nothing, where they reach both ends', ['110', '95', '90'], null, null],
    ['nothing, where they are written otherwise', ['110.0', '90.00'], null, null],
    ['the high', ['109', '90'], '110', '100'],
    ['the low', ['110', '91'], '100', '90'],
    ['both', ['105', '95'], '110', '90'],
  ] as const)('%s', ([, known, high, low]) => {
    const part = unseenPart(CANDLE, prices(...known));
    expect(part).toEqual(high === null ? null : { ...CANDLE, high, low });
  });
});

describe('klines', () => {
  const row = (openMs: number, trades: number, over: Record<number, unknown> = {}) =>
    Object.assign([openMs, '1', '2', '0.5', '1.5', '10', openMs + 59_999, '10', trades, '5', '5', '0'], over);
  const parse = (...rows: unknown[]) => parseCandles(rows, 'SPOT', 'BTCUSDT');

  test('minutes with trades, and where the answer ends', () => {
    expect(parse(row(60_000, 3), row(120_000, 0))).toEqual({
      value: {
        candles: [
          {
            marketType: 'SPOT',
            symbol: 'BTCUSDT',
            open: '1',
            high: '2',
            low: '0.5',
            close: '1.5',
            openTimeMs: 60_000,
            closeTimeMs: 119_999,
          },
        ],
        lastOpenMs: 120_000,
      },
    });
    expect(parse()).toEqual({ value: { candles: [], lastOpenMs: null } });
  });

  test.for([
    ['not a list', {}],
    ['a row that is none', [{}]],
    ['no minute', [row(60_001, 1)]],
    ['descending', [row(120_000, 1), row(60_000, 1)]],
    ['the same minute twice', [row(120_000, 1), row(120_000, 1)]],
    ['a price that is none', [row(60_000, 1, { 2: 'NaN' })]],
    ['a price of zero', [row(60_000, 1, { 3: '0' })]],
    ['no count', [row(60_000, 1, { 8: '3' })]],
  ] as const)('refused: %s', ([, answer]) => {
    expect(parseCandles(answer, 'SPOT', 'BTCUSDT')).toHaveProperty('refused');
  });
});
