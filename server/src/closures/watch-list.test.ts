import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tickAt, watched } from '../../testkit/watched-trades.ts';
import { Decimal } from '../kernel/decimal.ts';
import { isAfter } from '../ticks/tick.ts';
import type { Tick } from '../ticks/tick.ts';
import { levelReached } from '../trades/trade.ts';
import { WatchList } from './watch-list.ts';
import type { WatchedTrade } from './watched-trade.ts';

/** What the rules say, without any cleverness: every open trade is looked at, with decimals. */
class SlowWatchList {
  readonly trades = new Map<string, WatchedTrade>();

  apply(tick: Tick): string[] {
    const touched: string[] = [];
    for (const trade of this.trades.values()) {
      if (!isAfter(tick, trade.from)) continue;
      const expired = trade.expiresAtMs !== null && tick.timeMs >= trade.expiresAtMs;
      const happening = expired ? 'TIME_STOP_REACHED' : levelReached(trade, new Decimal(tick.price));
      if (happening) touched.push(`${trade.id} ${happening}`);
    }
    for (const each of touched) this.trades.delete(each.split(' ')[0]!);
    return touched.sort();
  }
}

const touches = (list: WatchList, tick: Tick) =>
  list
    .apply(tick)
    .map(({ trade, happening }) => `${trade.id} ${happening}`)
    .sort();

/**
 * Prices close together around a few bases: whole steps, and steps of 1e-18 which are the same double as the base
 * (from 1 on; at 0.00001234 a double still tells some of them apart).
 */
const BASES = ['42500.5', '100', '1', '0.00001234', '999999999999999'];
const price = (base: string) =>
  fc
    .record({ coarse: fc.integer({ min: -4, max: 4 }), fine: fc.oneof(fc.constant(0), fc.integer({ min: -3, max: 3 })) })
    .map(({ coarse, fine }) =>
      new Decimal(base)
        .times(new Decimal(1).plus(new Decimal(coarse).div(100)))
        .plus(new Decimal(fine).times('1e-18'))
        .toDecimalPlaces(18),
    );

type Step =
  | { readonly do: 'add'; readonly trade: (newest: Tick) => Omit<WatchedTrade, 'id'>; readonly copies: number }
  | { readonly do: 'addAgain' | 'remove' | 'putBack'; readonly which: number }
  | { readonly do: 'tick'; readonly price: string; readonly idStep: number; readonly timeStep: number };

function step(base: string): fc.Arbitrary<Step> {
  const add = fc
    .record({
      direction: fc.constantFrom('LONG' as const, 'SHORT' as const),
      levels: fc.uniqueArray(price(base), { minLength: 3, maxLength: 3, comparator: (a, b) => a.eq(b) }),
      expiresInMs: fc.option(fc.integer({ min: -2_000, max: 20_000 }), { freq: 3 }),
      fromIdStep: fc.option(fc.integer({ min: -5, max: 5 }), { freq: 3 }),
      fromTimeStep: fc.integer({ min: -5_000, max: 5_000 }),
      copies: fc.constantFrom(1, 1, 1, 4),
    })
    .map(({ direction, levels, expiresInMs, fromIdStep, fromTimeStep, copies }): Step => {
      const [low, entry, high] = levels.toSorted((a, b) => a.cmp(b)) as [Decimal, Decimal, Decimal];
      const [takeProfit, stopLoss] = direction === 'LONG' ? [high, low] : [low, high];
      return {
        do: 'add',
        copies,
        trade: (newest) =>
          watched('', {
            direction,
            entryPrice: entry,
            takeProfit,
            stopLoss,
            expiresAtMs: expiresInMs === null ? null : newest.timeMs + expiresInMs,
            from: { afterTradeId: fromIdStep === null ? null : newest.id + fromIdStep, fromTimeMs: newest.timeMs + fromTimeStep },
          }),
      };
    });
  const tick = fc
    .record({
      price: price(base),
      zeros: fc.constantFrom(0, 0, 2),
      idStep: fc.constantFrom(1, 1, 1, 3),
      // The exchange's times do not always rise with the ids.
      timeStep: fc.integer({ min: -500, max: 3_000 }),
    })
    .map(({ price: at, zeros, idStep, timeStep }): Step => {
      const plain = at.toFixed();
      return { do: 'tick', price: zeros === 0 ? plain : `${plain}${plain.includes('.') ? '' : '.'}${'0'.repeat(zeros)}`, idStep, timeStep };
    });
  const known = fc.record({
    do: fc.constantFrom('addAgain' as const, 'remove' as const, 'putBack' as const),
    which: fc.nat({ max: 1_000 }),
  });
  return fc.oneof({ weight: 4, arbitrary: add }, { weight: 5, arbitrary: tick }, { weight: 1, arbitrary: known });
}
const history = fc.constantFrom(...BASES).chain((base) => fc.array(step(base), { minLength: 10, maxLength: 120 }));

describe('a watch list', () => {
  test('touches in every step just what a slow scan of all open trades touches, each trade once', () => {
    const seen = { touches: 0, equalDoubles: 0 };
    fc.assert(
      fc.property(history, (steps) => {
        const [list, slow] = [new WatchList(), new SlowWatchList()];
        const all: WatchedTrade[] = [];
        const touched = new Set<string>();
        let newest = tickAt(1_000, '1');
        for (const each of steps) {
          if (each.do === 'add') {
            for (let copy = 0; copy < each.copies; copy += 1) {
              const trade = { ...each.trade(newest), id: `t${all.length}` };
              all.push(trade);
              list.add(trade);
              slow.trades.set(trade.id, trade);
            }
          } else if (each.do === 'tick') {
            newest = tickAt(newest.id + each.idStep, each.price, { timeMs: newest.timeMs + each.timeStep });
            const levels = [...slow.trades.values()].flatMap(({ takeProfit, stopLoss }) => [takeProfit, stopLoss]);
            if (levels.some((level) => level.toNumber() === Number(each.price) && !level.eq(each.price))) seen.equalDoubles += 1;
            const expected = slow.apply(newest);
            expect(touches(list, newest)).toEqual(expected);
            for (const touch of expected) {
              const id = touch.split(' ')[0]!;
              expect(touched.has(id)).toBe(false);
              touched.add(id);
            }
            seen.touches += expected.length;
          } else {
            const trade = all[each.which % Math.max(1, all.length)];
            if (!trade || touched.has(trade.id)) continue;
            if (each.do === 'remove') {
              list.remove(trade.id);
              slow.trades.delete(trade.id);
            } else if (each.do === 'putBack' || slow.trades.has(trade.id)) {
              // The same trade once more, or one that was taken out, as another object with the same id.
              const again = each.do === 'putBack' && !slow.trades.has(trade.id) ? { ...trade } : trade;
              list.add(again);
              if (!slow.trades.has(trade.id)) slow.trades.set(trade.id, again);
            }
          }
          expect(list.size).toBe(slow.trades.size);
          const trade = all.at(-1);
          if (trade) expect(list.has(trade.id)).toBe(slow.trades.has(trade.id));
        }
      }),
      { numRuns: 500 },
    );
    // The histories must hold what they are for.
    expect(seen.touches).toBeGreaterThan(1_000);
    expect(seen.equalDoubles).toBeGreaterThan(100);
  });

  const BEYOND = '42500.500000000000000001';
  const BEFORE = '42500.499999999999999999';
  test.for([
    ['LONG', 'takeProfit', '42500.5', BEFORE, undefined],
    ['LONG', 'takeProfit', '42500.5', '42500.50', 'TAKE_PROFIT_REACHED'],
    ['LONG', 'takeProfit', '42500.5', BEYOND, 'TAKE_PROFIT_REACHED'],
    ['LONG', 'takeProfit', BEYOND, '42500.5', undefined],
    ['LONG', 'stopLoss', '42500.5', BEYOND, undefined],
    ['LONG', 'stopLoss', '42500.5', '42500.500', 'STOP_LOSS_REACHED'],
    ['LONG', 'stopLoss', '42500.5', BEFORE, 'STOP_LOSS_REACHED'],
    ['SHORT', 'takeProfit', '42500.5', BEYOND, undefined],
    ['SHORT', 'takeProfit', '42500.5', BEFORE, 'TAKE_PROFIT_REACHED'],
    ['SHORT', 'stopLoss', '42500.5', BEFORE, undefined],
    ['SHORT', 'stopLoss', '42500.5', BEYOND, 'STOP_LOSS_REACHED'],
    ['SHORT', 'stopLoss', BEYOND, '42500.5', undefined],
  ] as const)('equal doubles are decided exactly: %s with its %s at %s, price %s: %s', ([direction, which, level, at, happening]) => {
    expect(new Decimal(level).toNumber()).toBe(Number(at));
    const far = { takeProfit: new Decimal(direction === 'LONG' ? 90_000 : 1), stopLoss: new Decimal(direction === 'LONG' ? 1 : 90_000) };
    const list = new WatchList();
    list.add(watched('t', { direction, ...far, [which]: new Decimal(level) }));
    expect(list.apply(tickAt(1, at)).map((touch) => touch.happening)).toEqual(happening ? [happening] : []);
    expect(list.size).toBe(happening ? 0 : 1);
  });

  test('of levels that are equal doubles only those that are reached are touched', () => {
    const list = new WatchList();
    const levels = ['42500.500000000000000002', '42500.5', BEYOND, BEFORE];
    for (const level of levels) list.add(watched(level, { takeProfit: new Decimal(level) }));
    expect(touches(list, tickAt(1, '42500.5'))).toEqual([`${BEFORE} TAKE_PROFIT_REACHED`, '42500.5 TAKE_PROFIT_REACHED']);
    expect(touches(list, tickAt(2, '42500.500000000000000002')).length).toBe(2);
  });

  test('a tick at or before a trade’s beginning leaves it alone; the next one does not', () => {
    const list = new WatchList();
    list.add(watched('by id', { from: { afterTradeId: 5, fromTimeMs: 0 } }));
    list.add(watched('by time', { from: { afterTradeId: null, fromTimeMs: 5_001 } }));
    expect(touches(list, tickAt(5, '110'))).toEqual([]);
    expect(touches(list, tickAt(6, '110'))).toEqual(['by id TAKE_PROFIT_REACHED', 'by time TAKE_PROFIT_REACHED']);
  });

  test('the time of a trade’s beginning itself counts', () => {
    const list = new WatchList();
    list.add(watched('t', { from: { afterTradeId: null, fromTimeMs: 5_000 } }));
    expect(touches(list, tickAt(5, '110'))).toEqual(['t TAKE_PROFIT_REACHED']);
  });

  test('a trade that begins later does not hide another on the same level, nor a time stop behind its own', () => {
    const list = new WatchList();
    const later = { from: { afterTradeId: 9, fromTimeMs: 0 } };
    list.add(watched('later', later));
    list.add(watched('now'));
    list.add(watched('later expiry', { ...later, expiresAtMs: 1_000, takeProfit: new Decimal(999) }));
    list.add(watched('expiry', { expiresAtMs: 2_000, takeProfit: new Decimal(999) }));
    expect(touches(list, tickAt(5, '110'))).toEqual(['expiry TIME_STOP_REACHED', 'now TAKE_PROFIT_REACHED']);
    expect(touches(list, tickAt(10, '110'))).toEqual(['later TAKE_PROFIT_REACHED', 'later expiry TIME_STOP_REACHED']);
  });

  test.for([
    ['110', 'take profit'],
    ['90', 'stop loss'],
  ] as const)('a time stop that has come closes whatever level is touched: %s, its %s', ([at]) => {
    const list = new WatchList();
    list.add(watched('t', { expiresAtMs: 1_000 }));
    expect(touches(list, tickAt(1, at))).toEqual(['t TIME_STOP_REACHED']);
    expect(touches(list, tickAt(2, at))).toEqual([]);
  });

  test('one millisecond before the time stop the level decides', () => {
    const list = new WatchList();
    list.add(watched('t', { expiresAtMs: 1_001 }));
    expect(touches(list, tickAt(1, '110'))).toEqual(['t TAKE_PROFIT_REACHED']);
  });

  test('stays quick with 20,000 open trades', () => {
    const list = new WatchList();
    for (let each = 0; each < 20_000; each += 1)
      list.add(watched(`t${each}`, { takeProfit: new Decimal(110 + each), expiresAtMs: 1e12 + each }));
    const begun = process.cpuUsage();
    let touched = 0;
    for (let id = 1; id <= 100_000; id += 1) touched += list.apply(tickAt(id, '100')).length;
    expect(touched).toBe(0);
    // A scan would need 2,000,000,000 comparisons.
    expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(5);
  });
});
