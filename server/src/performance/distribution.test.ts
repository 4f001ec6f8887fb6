import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedDaily } from '../../testkit/closed-trades.ts';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import { distributionOf } from './distribution.ts';

const binsOf = (profits: readonly (string | number)[], bins: number) =>
  distributionOf(closedDaily(profits), bins).map(({ from, to, count }) => [toPlain(from), toPlain(to), count]);

describe('the distribution of profits', () => {
  test('a value on an edge belongs to the bin that begins there, the largest to the last', () => {
    expect(binsOf([-1, -0.5, 0, 0.5, 1], 4)).toEqual([
      ['-1', '-0.5', 1],
      ['-0.5', '0', 1],
      ['0', '0.5', 1],
      ['0.5', '1', 2],
    ]);
  });

  test('edges that have no end as decimals are rounded down to money', () => {
    expect(binsOf([0, 1], 3)).toEqual([
      ['0', '0.33333333', 1],
      ['0.33333333', '0.66666666', 0],
      ['0.66666666', '1', 1],
    ]);
  });

  test('one bin where all are equal, none without trades, no more than there are steps', () => {
    expect(binsOf(['-2.5', '-2.5'], 30)).toEqual([['-2.5', '-2.5', 2]]);
    expect(binsOf([], 30)).toEqual([]);
    expect(binsOf(['0', '0.00000002'], 30)).toEqual([
      ['0', '0.00000001', 1],
      ['0.00000001', '0.00000002', 1],
    ]);
  });

  test('every trade is in exactly one bin, and bins join', () => {
    const money = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }).map((units) => new Decimal(units).div(1e8));
    fc.assert(
      fc.property(fc.array(money, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (profits, bins) => {
        const found = distributionOf(closedDaily(profits), bins);
        expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(profits.length);
        for (const [place, { from, to, count }] of found.entries()) {
          const isLast = place === found.length - 1;
          if (!isLast) expect(found[place + 1]!.from.eq(to)).toBe(true);
          expect(profits.filter((pnl) => pnl.gte(from) && (isLast ? pnl.lte(to) : pnl.lt(to)))).toHaveLength(count);
        }
      }),
    );
  });
});
