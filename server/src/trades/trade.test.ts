import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../kernel/decimal.ts';
import { exitPriceFor, levelReached, nextStatus, TRADE_HAPPENINGS, TRADE_STATUSES } from './trade.ts';

describe('a trade’s transitions (domain rule 3)', () => {
  it('is this whole table: an open trade closes by what happened, a closed one never moves', () => {
    const table = Object.fromEntries(
      TRADE_STATUSES.map((status) => [
        status,
        Object.fromEntries(TRADE_HAPPENINGS.map((what) => [what, nextStatus(status, what) ?? 'refused'])),
      ]),
    );
    const final = {
      TAKE_PROFIT_REACHED: 'refused',
      STOP_LOSS_REACHED: 'refused',
      TIME_STOP_REACHED: 'refused',
      SYMBOL_DELISTED: 'refused',
    };
    expect(table).toEqual({
      OPEN: {
        TAKE_PROFIT_REACHED: 'CLOSED_TP',
        STOP_LOSS_REACHED: 'CLOSED_SL',
        TIME_STOP_REACHED: 'CLOSED_EXPIRED',
        SYMBOL_DELISTED: 'CLOSED_DELISTED',
      },
      CLOSED_TP: final,
      CLOSED_SL: final,
      CLOSED_EXPIRED: final,
      CLOSED_DELISTED: final,
    });
  });
});

describe('levels (domain rule 4)', () => {
  const long = { direction: 'LONG', takeProfit: new Decimal('110'), stopLoss: new Decimal('90') } as const;
  const short = { direction: 'SHORT', takeProfit: new Decimal('90'), stopLoss: new Decimal('110') } as const;

  it.each([
    [long, '110', 'TAKE_PROFIT_REACHED'],
    [long, '109.999999999999999999', undefined],
    [long, '90', 'STOP_LOSS_REACHED'],
    [long, '90.000000000000000001', undefined],
    [short, '90', 'TAKE_PROFIT_REACHED'],
    [short, '110', 'STOP_LOSS_REACHED'],
    [short, '100', undefined],
  ])('%o at %s: %s', (levels, price, reached) => {
    expect(levelReached(levels, new Decimal(price))).toBe(reached);
  });

  it('no price reaches both levels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.constantFrom(long, short), (price, levels) => {
        const mirrored = {
          ...levels,
          takeProfit: levels.stopLoss,
          stopLoss: levels.takeProfit,
          direction: levels.direction === 'LONG' ? ('SHORT' as const) : ('LONG' as const),
        };
        const one = levelReached(levels, new Decimal(price));
        const other = levelReached(mirrored, new Decimal(price));
        expect(one === undefined).toBe(other === undefined);
        if (one) expect(one).not.toBe(other);
      }),
    );
  });

  it('fills a take profit at its level and everything else at the tick', () => {
    const [level, tick] = [new Decimal('110'), new Decimal('120')];
    expect(exitPriceFor('CLOSED_TP', level, tick)).toBe(level);
    for (const status of ['CLOSED_SL', 'CLOSED_EXPIRED', 'CLOSED_DELISTED'] as const) expect(exitPriceFor(status, level, tick)).toBe(tick);
  });
});
