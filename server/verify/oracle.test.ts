import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { candlesOf, decide, decideAcross, decideByCandle, fromUnits, profit, toUnits } from './oracle.ts';
import type { OraclePrint, OracleTrade } from './oracle.ts';

const LONG: OracleTrade = { direction: 'LONG', takeProfit: '104', stopLoss: '96', afterId: 0, fromMs: 0, expiresAtMs: null };
const SHORT: OracleTrade = { ...LONG, direction: 'SHORT', takeProfit: '96', stopLoss: '104' };
const tapeOf = (prices: readonly string[], everyMs = 1_000): OraclePrint[] =>
  prices.map((price, index) => ({ id: index + 1, price, timeMs: (index + 1) * everyMs }));

interface Fill {
  readonly name: string;
  readonly direction: 'LONG' | 'SHORT';
  readonly marketType: string;
  readonly entryPrice: string;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly positionSize: string;
  readonly feeRate: string;
  readonly ticks: readonly string[];
  readonly expect: Readonly<Record<string, string | number | null>>;
}
const { cases } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../testkit/vectors/fills.json'), 'utf8')) as {
  cases: readonly Fill[];
};

describe('the oracle knows the worked fills', () => {
  test.each(cases.map((fill) => [fill.name, fill] as const))('%s', (_, fill) => {
    const { takeProfit, stopLoss, direction, expect: wanted } = fill;
    const decided = decide({ ...LONG, direction, takeProfit, stopLoss }, tapeOf(fill.ticks));
    expect(decided?.status ?? 'OPEN').toBe(wanted.status);
    if (!decided) return;
    expect(decided.printId).toBe(Number(wanted.closingTick) + 1);
    expect(toUnits(decided.exitPrice)).toBe(toUnits(String(wanted.exitPrice)));
    const money = profit({ ...fill, exitPrice: decided.exitPrice, quantity: String(wanted.quantity) });
    expect(money).toMatchObject({
      grossPnl: wanted.grossPnl,
      fees: wanted.fees,
      realizedPnl: wanted.realizedPnl,
      realizedPnlPct: wanted.realizedPnlPct,
    });
  });
});

test('order is that of the ids, not of arrival or time', () => {
  const [late, early] = [
    { id: 2, price: '95', timeMs: 1 },
    { id: 1, price: '105', timeMs: 9 },
  ];
  expect(decide(LONG, [late, early])?.status).toBe('CLOSED_TP');
  expect(decide({ ...LONG, afterId: 1 }, [late, early])?.status).toBe('CLOSED_SL');
  expect(decide({ ...LONG, afterId: null, fromMs: 5 }, [late, early])?.status).toBe('CLOSED_TP');
});

test('a time stop closes whatever level is touched', () => {
  expect(decide({ ...LONG, expiresAtMs: 2_000 }, tapeOf(['100', '105']))).toMatchObject({
    status: 'CLOSED_EXPIRED',
    exitPrice: '105',
    printId: 2,
  });
});

test.each([
  ['reaches neither', LONG, ['100', '103', '97'], undefined],
  ['reaches the profit', LONG, ['100', '105'], { status: 'CLOSED_TP', exitPrice: '104', exitTimeMs: 119_999, ambiguous: false }],
  ['reaches the stop', LONG, ['100', '90'], { status: 'CLOSED_SL', exitPrice: '96', exitTimeMs: 119_999, ambiguous: false }],
  ['reaches both: the stop was first', LONG, ['100', '105', '95'], { status: 'CLOSED_SL', exitPrice: '96', ambiguous: true }],
  ['reaches both, of a short', SHORT, ['100', '95', '105'], { status: 'CLOSED_SL', exitPrice: '104', ambiguous: true }],
  ['opens past the stop', LONG, ['90', '105'], { status: 'CLOSED_SL', exitPrice: '90', exitTimeMs: 60_000, ambiguous: false }],
  ['opens past the profit', LONG, ['120', '90'], { status: 'CLOSED_TP', exitPrice: '104', exitTimeMs: 60_000, ambiguous: false }],
] as const)('a candle that %s', (_, trade, prices, wanted) => {
  const decided = decideByCandle(trade, tapeOf([...prices]), 60_000, 60_000);
  if (wanted) expect(decided).toMatchObject(wanted);
  else expect(decided).toBeUndefined();
});

test('a candle that began before the entry decides nothing', () => {
  expect(decideByCandle({ ...LONG, fromMs: 60_001 }, tapeOf(['105']), 60_000, 60_000)).toBeUndefined();
});

test('seen prints, then candles, then prints again', () => {
  const tape = tapeOf(['100', '105', '95', '105'], 60_000);
  expect(decideAcross(LONG, tape, 2, 0)).toMatchObject({ printId: 2 });
  expect(decideAcross({ ...LONG, fromMs: 60_000 }, tape, 1, 150_000)).toMatchObject({ printId: null, status: 'CLOSED_TP' });
  expect(decideAcross(LONG, tape.slice(2), 0, 0)).toMatchObject({ printId: 3, status: 'CLOSED_SL' });
  expect([...candlesOf(tape, 120_000).keys()]).toEqual([0, 120_000, 240_000]);
});

test('units are exact in both directions, and nothing but plain decimals is taken', () => {
  for (const text of ['0', '1', '0.000000000000000001', '123456789012345.123456789012345678']) expect(fromUnits(toUnits(text))).toBe(text);
  for (const text of ['-1', '1e3', '', '.5', '1.0000000000000000001', 'NaN']) expect(() => toUnits(text), text).toThrow(RangeError);
});
