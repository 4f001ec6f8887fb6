import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MS_PER_DAY } from '../../testkit/closed-trades.ts';
import { Decimal } from '../kernel/decimal.ts';
import { calmar, dailyProfits, sharpe, sortino } from './daily-returns.ts';
import { UNITS_PER_ONE } from './money-units.ts';

describe('domain section 6: daily returns', () => {
  test('days are UTC days of the exit, from the earliest to the latest, whatever the order of closure', () => {
    const trades = [
      { exitTimeMs: 3 * MS_PER_DAY },
      { exitTimeMs: 2 * MS_PER_DAY - 1 },
      { exitTimeMs: 3 * MS_PER_DAY - 1 },
      { exitTimeMs: 1 * MS_PER_DAY },
    ];
    const { days, profits } = dailyProfits(trades, [8n, 4n, 2n, 1n]);
    expect(days).toBe(3);
    expect([...profits].sort()).toEqual([2n, 5n, 8n]);
  });

  test('ratios agree with the definitions over a full list of days, idle ones included', () => {
    const closures = fc.array(
      fc.record({ day: fc.integer({ min: 20_000, max: 20_040 }), pnl: fc.bigInt({ min: -50n, max: 50n }), ms: fc.nat(MS_PER_DAY - 1) }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(closures, (list) => {
        const capital = 500;
        const returns: number[] = [];
        const days = list.map(({ day }) => day);
        for (let day = Math.min(...days); day <= Math.max(...days); day += 1) {
          const pnl = list.filter((closure) => closure.day === day).reduce((sum, closure) => sum + Number(closure.pnl), 0);
          returns.push(pnl / capital);
        }
        const n = returns.length;
        const mean = returns.reduce((sum, r) => sum + r, 0) / n;
        const deviation = Math.sqrt(returns.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (n - 1));
        const downside = Math.sqrt(returns.reduce((sum, r) => sum + Math.min(r, 0) ** 2, 0) / n);

        const daily = dailyProfits(
          list.map(({ day, ms }) => ({ exitTimeMs: day * MS_PER_DAY + ms })),
          list.map(({ pnl }) => pnl * UNITS_PER_ONE),
        );
        const losses = list.filter(({ pnl }) => pnl < 0n).length;
        const sharpeValue = sharpe(daily).value;
        const sortinoValue = sortino(daily, losses).value;
        if (sharpeValue === null) expect(n === 1 || deviation < 1e-12).toBe(true);
        else expect(sharpeValue).toBeCloseTo((mean / deviation) * Math.sqrt(365), 8);
        if (sortinoValue === null) expect(downside).toBe(0);
        else expect(sortinoValue).toBeCloseTo((mean / downside) * Math.sqrt(365), 8);
        expect(calmar(daily, { capitalBase: new Decimal(capital), maxDrawdownPct: 2.5 }).value).toBeCloseTo((mean * 365 * 100) / 2.5, 8);
      }),
    );
  });
});
