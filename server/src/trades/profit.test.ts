import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Decimal, QUANTITY_DECIMALS, toPlain } from '../kernel/decimal.ts';
import { profitAt, rMultiple } from './profit.ts';
import type { Direction } from './trade.ts';

interface ClosedFill {
  name: string;
  direction: Direction;
  entryPrice: string;
  positionSize: string;
  feeRate: string;
  expect: { exitPrice: string; quantity: string; grossPnl: string; fees: string; realizedPnl: string; realizedPnlPct: string };
}

const fills = JSON.parse(readFileSync(new URL('../../testkit/vectors/fills.json', import.meta.url), 'utf8')) as {
  cases: (ClosedFill | { expect: { status: 'OPEN' } })[];
};
const closedFills = fills.cases.filter((fill): fill is ClosedFill => 'exitPrice' in fill.expect);

function profitOf(input: Record<'quantity' | 'entryPrice' | 'exitPrice' | 'feeRate' | 'positionSize', string> & { direction: Direction }) {
  const { grossPnl, fees, realizedPnl, realizedPnlPct } = profitAt({
    direction: input.direction,
    quantity: new Decimal(input.quantity),
    entryPrice: new Decimal(input.entryPrice),
    exitPrice: new Decimal(input.exitPrice),
    feeRate: new Decimal(input.feeRate),
    positionSize: new Decimal(input.positionSize),
  });
  return {
    grossPnl: toPlain(grossPnl),
    fees: toPlain(fees),
    realizedPnl: toPlain(realizedPnl),
    realizedPnlPct: toPlain(realizedPnlPct),
  };
}

describe('domain section 5: profit and loss of the worked fills', () => {
  test('there are worked fills', () => {
    expect(closedFills.length).toBeGreaterThanOrEqual(10);
  });

  test.for(closedFills)('$name', (fill) => {
    const { exitPrice, quantity, grossPnl, fees, realizedPnl, realizedPnlPct } = fill.expect;
    const size = new Decimal(fill.positionSize).dividedBy(fill.entryPrice).toDecimalPlaces(QUANTITY_DECIMALS);
    expect(toPlain(size)).toBe(quantity);
    expect(profitOf({ ...fill, exitPrice, quantity })).toEqual({ grossPnl, fees, realizedPnl, realizedPnlPct });
  });
});

describe('domain section 5: rounding', () => {
  const base = { direction: 'LONG', quantity: '1', entryPrice: '1', feeRate: '0', positionSize: '100' } as const;

  test('half of the last decimal goes away from zero, on both sides', () => {
    expect(profitOf({ ...base, exitPrice: '1.000000005' }).grossPnl).toBe('0.00000001');
    expect(profitOf({ ...base, exitPrice: '0.999999995' }).grossPnl).toBe('-0.00000001');
    expect(profitOf({ ...base, exitPrice: '1.00000000499999' }).grossPnl).toBe('0');
  });

  test('realizedPnl is rounded once, from unrounded gross and fees', () => {
    // gross 0.000000016 and fees 0.000000012 round to 2 and 1 units, while their difference 0.000000004 rounds to none.
    const profit = profitOf({ ...base, exitPrice: '1.000000016', feeRate: '0.000000005999999952', quantity: '1' });
    expect(profit).toEqual({ grossPnl: '0.00000002', fees: '0.00000001', realizedPnl: '0', realizedPnlPct: '0' });
  });

  test('realizedPnlPct comes from the unrounded profit', () => {
    // The profit 0.000000004 rounds to 0, but is 0.0004 % of a position of 0.001.
    const profit = profitOf({ ...base, exitPrice: '1.000000004', positionSize: '0.001' });
    expect(profit).toMatchObject({ realizedPnl: '0', realizedPnlPct: '0.0004' });
  });

  test('a short mirrors a long before fees', () => {
    const long = profitOf({ ...base, exitPrice: '1.25' });
    const short = profitOf({ ...base, direction: 'SHORT', exitPrice: '0.75' });
    expect(short).toEqual(long);
    expect(profitOf({ ...base, direction: 'SHORT', exitPrice: '1.25' }).grossPnl).toBe('-0.25');
  });
});

describe('domain section 6: R multiple', () => {
  const trade = (realizedPnl: string, entryPrice: string, stopLoss: string, quantity: string) => ({
    realizedPnl: new Decimal(realizedPnl),
    entryPrice: new Decimal(entryPrice),
    stopLoss: new Decimal(stopLoss),
    quantity: new Decimal(quantity),
  });

  test('is the profit in multiples of the risk, which is above 0 for both directions', () => {
    expect(rMultiple(trade('20', '100', '95', '2'))).toBe(2);
    expect(rMultiple(trade('-10.5', '100', '105', '2'))).toBe(-1.05);
  });

  test('keeps its digits where entry and stop agree in more digits than a double has', () => {
    expect(rMultiple(trade('1', '100000.000000000000000001', '100000', '500000000000000000'))).toBe(2);
  });
});
