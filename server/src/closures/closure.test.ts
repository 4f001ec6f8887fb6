import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tickAt, watched } from '../../testkit/watched-trades.ts';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import { quantityFor } from '../trades/opening.ts';
import type { ClosedStatus, Direction } from '../trades/trade.ts';
import type { MarketType } from '../ticks/tick.ts';
import { closureOf } from './closure.ts';
import type { Closure } from './closure.ts';
import { WatchList } from './watch-list.ts';

interface Fill {
  readonly name: string;
  readonly direction: Direction;
  readonly marketType: MarketType;
  readonly entryPrice: string;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly positionSize: string;
  readonly feeRate: string;
  readonly ticks: readonly string[];
  readonly expect:
    | { readonly status: 'OPEN' }
    | (Readonly<Record<'exitPrice' | 'quantity' | 'grossPnl' | 'fees' | 'realizedPnl' | 'realizedPnlPct', string>> & {
        readonly status: ClosedStatus;
        readonly closingTick: number;
      });
}
const { cases } = JSON.parse(readFileSync(new URL('../../testkit/vectors/fills.json', import.meta.url), 'utf8')) as { cases: Fill[] };

/** Runs a fill's ticks, their ids from 0 on, and gives the closure, if any, in the words of the vectors. */
function run(fill: Fill): unknown {
  const { direction, marketType } = fill;
  const [entryPrice, takeProfit, stopLoss] = [new Decimal(fill.entryPrice), new Decimal(fill.takeProfit), new Decimal(fill.stopLoss)];
  const [positionSize, feeRate] = [new Decimal(fill.positionSize), new Decimal(fill.feeRate)];
  const quantity = quantityFor(positionSize, entryPrice);
  const list = new WatchList();
  list.add(
    watched('t', {
      direction,
      marketType,
      entryPrice,
      takeProfit,
      stopLoss,
      positionSize,
      feeRate,
      quantity,
      from: { afterTradeId: -1, fromTimeMs: 0 },
    }),
  );
  const closures = fill.ticks.flatMap((price, id) => {
    const tick = tickAt(id, price, { marketType });
    return list.apply(tick).map((touch) => closureOf(touch, tick));
  });
  expect(closures.length).toBeLessThanOrEqual(1);
  const [closure] = closures;
  if (!closure) return { status: 'OPEN' };
  return {
    status: closure.status,
    exitPrice: toPlain(closure.exitPrice),
    closingTick: closure.aggregateTradeId,
    quantity: toPlain(quantity),
    grossPnl: toPlain(closure.grossPnl),
    fees: toPlain(closure.fees),
    realizedPnl: toPlain(closure.realizedPnl),
    realizedPnlPct: toPlain(closure.realizedPnlPct),
  };
}

describe('domain sections 4 and 5: the worked fills', () => {
  test('there are such that win, lose and stay open', () => {
    expect(new Set(cases.map((fill) => fill.expect.status))).toEqual(new Set(['OPEN', 'CLOSED_TP', 'CLOSED_SL']));
  });

  test.for(cases)('$name', (fill) => {
    const { exitPrice, ...rest } = { exitPrice: undefined, ...fill.expect };
    // The vectors write a price as it was traded, "0.00000850".
    expect(run(fill)).toEqual({ ...rest, ...(exitPrice && { exitPrice: toPlain(new Decimal(exitPrice)) }) });
  });
});

describe('a closure', () => {
  const close = (price: string, happening: Parameters<typeof closureOf>[0]['happening'], rest = {}): Closure =>
    closureOf({ trade: watched('t'), happening }, tickAt(7, price, rest));

  test('holds the evidence of the tick: id, price as traded, exchange time and source', () => {
    const closure = close('112.50', 'TAKE_PROFIT_REACHED', { source: 'BACKFILL', timeMs: 1_234 });
    expect({ ...closure, price: toPlain(closure.price), exitPrice: toPlain(closure.exitPrice) }).toMatchObject({
      tradeId: 't',
      status: 'CLOSED_TP',
      exitPrice: '110',
      exitTime: new Date(1_234),
      source: 'BACKFILL',
      aggregateTradeId: 7,
      price: '112.5',
    });
  });

  test.for([
    ['STOP_LOSS_REACHED', '85.5', 'CLOSED_SL'],
    ['TIME_STOP_REACHED', '111', 'CLOSED_EXPIRED'],
    ['SYMBOL_DELISTED', '89', 'CLOSED_DELISTED'],
  ] as const)('%s at %s is %s at the tick’s price', ([happening, price, status]) => {
    const closure = close(price, happening);
    expect([closure.status, toPlain(closure.exitPrice)]).toEqual([status, price]);
  });
});
