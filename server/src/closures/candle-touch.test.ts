import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { watched } from '../../testkit/watched-trades.ts';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import type { Candle } from '../ticks/candle.ts';
import type { Direction } from '../trades/trade.ts';
import { candleTouch } from './candle-touch.ts';
import { closureOf } from './closure.ts';
import { WatchList } from './watch-list.ts';
import type { WatchedTrade } from './watched-trade.ts';

const MINUTE = 60_000;
const OPEN_MS = 10 * MINUTE;

function candle(open: number | string, high: number | string, low: number | string, minute = 10): Candle {
  const openTimeMs = minute * MINUTE;
  const prices = { open: `${open}`, high: `${high}`, low: `${low}`, close: `${open}` };
  return { marketType: 'FUTURES', symbol: 'BTCUSDT', ...prices, openTimeMs, closeTimeMs: openTimeMs + MINUTE - 1 };
}

/** LONG 100 → 110 or 90, SHORT 100 → 90 or 110. */
function trade(direction: Direction, rest: Partial<WatchedTrade> = {}): WatchedTrade {
  const [takeProfit, stopLoss] = direction === 'LONG' ? [110, 90] : [90, 110];
  return watched('t', { direction, takeProfit: new Decimal(takeProfit), stopLoss: new Decimal(stopLoss), ...rest });
}

/** The closure in short: status, exit price, evidence price, "open" or "end" of the minute, and a mark where it is ambiguous. */
function close(of: WatchedTrade, by: Candle): string | undefined {
  const touch = candleTouch(of, by);
  if (!touch) return undefined;
  const closure = closureOf(touch, touch.evidence);
  expect([closure.source, closure.aggregateTradeId]).toEqual(['CANDLE', null]);
  const at = closure.exitTime.getTime() === by.openTimeMs ? 'open' : closure.exitTime.getTime() === by.closeTimeMs ? 'end' : 'never';
  return `${closure.status.slice(7)} ${toPlain(closure.exitPrice)} by ${toPlain(closure.price)} at ${at}${closure.ambiguous ? ' ambiguous' : ''}`;
}

// Each card: open, high, low → what becomes of the LONG, and of the SHORT with the same two levels.
// prettier-ignore
const CARDS: readonly [name: string, open: string, high: string, low: string, long: string | undefined, short: string | undefined][] = [
  ['nothing is reached', '100', '109.99', '90.01', undefined, undefined],
  ['a flat minute', '100', '100', '100', undefined, undefined],
  ['nearly the upper level', '100', '109.999999999999999999', '100', undefined, undefined],
  ['nearly the lower level', '100', '100', '90.000000000000000001', undefined, undefined],
  ['the upper level is touched', '100', '110', '95', 'TP 110 by 110 at end', 'SL 110 by 110 at end'],
  ['the upper level is touched, trailing zeros', '100', '110.000', '95', 'TP 110 by 110 at end', 'SL 110 by 110 at end'],
  ['the upper level is passed', '100', '125', '95', 'TP 110 by 110 at end', 'SL 110 by 110 at end'],
  ['the upper level is passed by the least', '100', '110.000000000000000001', '95', 'TP 110 by 110 at end', 'SL 110 by 110 at end'],
  ['the lower level is touched', '100', '105', '90', 'SL 90 by 90 at end', 'TP 90 by 90 at end'],
  ['the lower level is passed', '100', '105', '50', 'SL 90 by 90 at end', 'TP 90 by 90 at end'],
  ['the lower level is passed by the least', '100', '105', '89.999999999999999999', 'SL 90 by 90 at end', 'TP 90 by 90 at end'],
  ['both are touched: the stop was first', '100', '110', '90', 'SL 90 by 90 at end ambiguous', 'SL 110 by 110 at end ambiguous'],
  ['both are passed: the stop was first', '100', '130', '70', 'SL 90 by 90 at end ambiguous', 'SL 110 by 110 at end ambiguous'],
  ['both, opened near the upper one', '109.99', '110', '90', 'SL 90 by 90 at end ambiguous', 'SL 110 by 110 at end ambiguous'],
  ['both, opened near the lower one', '90.01', '110', '90', 'SL 90 by 90 at end ambiguous', 'SL 110 by 110 at end ambiguous'],
  ['opened at the upper level', '110', '110', '110', 'TP 110 by 110 at open', 'SL 110 by 110 at open'],
  ['opened past the upper level', '115', '116', '114', 'TP 110 by 115 at open', 'SL 115 by 115 at open'],
  ['opened past the upper level and came back', '115', '115', '100', 'TP 110 by 115 at open', 'SL 115 by 115 at open'],
  ['opened past the upper level and fell to the lower: the open decides', '115', '120', '80', 'TP 110 by 115 at open', 'SL 115 by 115 at open'],
  ['opened at the lower level', '90', '90', '90', 'SL 90 by 90 at open', 'TP 90 by 90 at open'],
  ['opened past the lower level', '80', '85', '75', 'SL 80 by 80 at open', 'TP 90 by 80 at open'],
  ['opened past the lower level and came back', '80', '100', '80', 'SL 80 by 80 at open', 'TP 90 by 80 at open'],
  ['opened past the lower level and rose to the upper: the open decides', '80', '120', '80', 'SL 80 by 80 at open', 'TP 90 by 80 at open'],
];

describe('domain section 4: candles in place of ticks', () => {
  for (const direction of ['LONG', 'SHORT'] as const) {
    test.for(CARDS)(`${direction}: %s`, ([, open, high, low, long, short]) => {
      expect(close(trade(direction), candle(open, high, low))).toBe(direction === 'LONG' ? long : short);
    });

    test(`${direction}: a time stop closes at the open of the first candle that begins at or after it, whatever that reaches`, () => {
      for (const [open, high, low] of [
        [100, 101, 99],
        [115, 120, 80],
        [100, 130, 70],
      ] as const) {
        expect(close(trade(direction, { expiresAtMs: OPEN_MS }), candle(open, high, low))).toBe(`EXPIRED ${open} by ${open} at open`);
        expect(close(trade(direction, { expiresAtMs: OPEN_MS - 1 }), candle(open, high, low))).toBe(`EXPIRED ${open} by ${open} at open`);
      }
      expect(close(trade(direction, { expiresAtMs: OPEN_MS + 1 }), candle(100, 101, 99))).toBeUndefined();
    });

    test(`${direction}: a level that is reached in the minute of a time stop: the worse of what may have been first counts, ambiguous`, () => {
      const long = direction === 'LONG';
      for (const expiresAtMs of [OPEN_MS + 1, OPEN_MS + MINUTE - 1]) {
        const by = (high: number, low: number) => close(trade(direction, { expiresAtMs }), candle(100, high, low));
        expect(by(112, 95)).toBe(long ? 'EXPIRED 95 by 95 at end ambiguous' : 'SL 110 by 110 at end ambiguous');
        expect(by(105, 88)).toBe(long ? 'SL 90 by 90 at end ambiguous' : 'EXPIRED 105 by 105 at end ambiguous');
        expect(by(112, 88)).toBe(long ? 'SL 90 by 90 at end ambiguous' : 'SL 110 by 110 at end ambiguous');
        expect(by(109, 91)).toBeUndefined();
      }
      const later = trade(direction, { expiresAtMs: OPEN_MS + MINUTE });
      expect(close(later, candle(100, 112, 95))).toBe(long ? 'TP 110 by 110 at end' : 'SL 110 by 110 at end');
    });

    test(`${direction}: a candle that began before the entry does not count, one that begins with it does`, () => {
      const entered = (fromTimeMs: number) => trade(direction, { from: { afterTradeId: 5, fromTimeMs } });
      expect(close(entered(OPEN_MS + 1), candle(100, 130, 70))).toBeUndefined();
      expect(close(entered(OPEN_MS), candle(100, 130, 70))).toContain('ambiguous');
      expect(close({ ...entered(OPEN_MS + 1), expiresAtMs: 0 }, candle(100, 130, 70))).toBeUndefined();
    });
  }
});

describe('a watch list and candles', () => {
  const step = fc.record({
    open: fc.integer({ min: 80, max: 120 }),
    up: fc.integer({ min: 0, max: 20 }),
    down: fc.integer({ min: 0, max: 20 }),
    minutes: fc.constantFrom(1, 1, 1, 5),
  });
  const someTrade = fc.record({
    direction: fc.constantFrom('LONG' as const, 'SHORT' as const),
    above: fc.integer({ min: 1, max: 25 }),
    below: fc.integer({ min: 1, max: 25 }),
    fromMinute: fc.integer({ min: 0, max: 20 }),
    expiresMinute: fc.option(fc.integer({ min: 0, max: 40 })),
  });

  test('closes just what the rule closes trade by trade, each once, and says beforehand that the candle matters', () => {
    let touches = 0;
    fc.assert(
      fc.property(fc.array(someTrade, { maxLength: 12 }), fc.array(step, { maxLength: 30 }), (trades, steps) => {
        const list = new WatchList();
        const open = trades.map(({ direction, above, below, fromMinute, expiresMinute }, index) => {
          const [upper, lower] = [new Decimal(100 + above), new Decimal(100 - below)];
          const [takeProfit, stopLoss] = direction === 'LONG' ? [upper, lower] : [lower, upper];
          const expiresAtMs = expiresMinute === null ? null : expiresMinute * MINUTE + 7;
          return watched(`t${index}`, {
            direction,
            takeProfit,
            stopLoss,
            expiresAtMs,
            from: { afterTradeId: null, fromTimeMs: fromMinute * MINUTE - 3 },
          });
        });
        for (const each of open) list.add(each);
        let minute = 0;
        for (const { open: at, up, down, minutes } of steps) {
          minute += minutes;
          const now = candle(at, at + up, at - down, minute);
          const expected = open.flatMap((each) => (list.has(each.id) && candleTouch(each, now) ? [each.id] : []));
          const matters = list.matters(now);
          const closed = list.applyCandle(now).map((touch) => touch.trade.id);
          expect(closed.sort()).toEqual(expected.sort());
          if (closed.length > 0) expect(matters).toBe(true);
          expect(list.applyCandle(now)).toEqual([]);
          touches += closed.length;
        }
      }),
      { numRuns: 300 },
    );
    expect(touches).toBeGreaterThan(500);
  });

  test('a minute matters where a level or a time stop lies in it, and not where none does', () => {
    const list = new WatchList();
    const minute = (low: number, high: number) => candle(100, high, low);
    expect(list.matters(minute(0, 1e6))).toBe(false);
    list.add(trade('LONG'));
    expect(list.matters(minute(91, 109))).toBe(false);
    expect(list.matters(minute(91, 110))).toBe(true);
    expect(list.matters(minute(90, 109))).toBe(true);
    list.remove('t');
    expect(list.matters(minute(90, 110))).toBe(false);
    list.add(trade('SHORT', { id: 's', expiresAtMs: OPEN_MS + MINUTE - 1 }));
    expect(list.matters(minute(100, 100))).toBe(true);
    list.remove('s');
    list.add(trade('SHORT', { id: 'later', expiresAtMs: OPEN_MS + MINUTE }));
    expect(list.matters(minute(100, 100))).toBe(false);
  });

  test('a minute does not matter to a trade that was opened long after it', () => {
    const list = new WatchList();
    list.add(trade('LONG', { from: { afterTradeId: null, fromTimeMs: OPEN_MS + 5 * 3_600_000 } }));
    expect(list.matters(candle(100, 200, 50))).toBe(false);
  });
});
