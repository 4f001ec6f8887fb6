import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedDaily, closedTrade, MS_PER_DAY } from '../../testkit/closed-trades.ts';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { METRIC_REASONS } from './metric.ts';
import type { MetricReason } from './metric.ts';
import { computeMetrics } from './metrics.ts';
import type { TradeMetrics } from './metrics.ts';

interface MetricsCase {
  name: string;
  capitalBase: number;
  trades: { day: number; pnl: number }[];
  expect: Record<string, number | null | [number, number]>;
}

const { cases } = JSON.parse(readFileSync(new URL('../../testkit/vectors/metrics.json', import.meta.url), 'utf8')) as {
  cases: MetricsCase[];
};

const CAPITAL_BASE = new Decimal(1000);
const NOW_MS = 1_000 * MS_PER_DAY;

function metricsOf(trades: readonly ClosedTrade[]): TradeMetrics {
  return computeMetrics(trades, { capitalBase: CAPITAL_BASE, nowMs: NOW_MS, openEntryTimesMs: [] });
}

/** A figure of any shape as the worked cases write it: a number, a pair of bounds, or null. */
function plainValue(figure: unknown): number | null | number[] {
  if (figure === null || typeof figure === 'number') return figure;
  if (figure instanceof Decimal) return figure.toNumber();
  const shape = figure as { value: number | null } | { low: number; high: number };
  return 'value' in shape ? shape.value : [shape.low, shape.high];
}

/** Within 1e-9, relative or absolute. */
function expectClose(actual: number | null | undefined, expected: number | null | undefined, what: string) {
  if (typeof actual !== 'number' || typeof expected !== 'number') return expect(actual, what).toBe(expected);
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  expect(error, `${what}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(1e-9);
}

describe('domain section 6: the worked cases', () => {
  test('there are worked cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(8);
  });

  test.for(cases)('$name', ({ trades, capitalBase, expect: expected }) => {
    const closed = trades.map(({ day, pnl }, i) => closedTrade(pnl, day * MS_PER_DAY + i, { id: `t${i}` }));
    const metrics = computeMetrics(closed, { capitalBase: new Decimal(capitalBase), nowMs: NOW_MS, openEntryTimesMs: [] });
    for (const [name, value] of Object.entries(expected)) {
      expect(metrics, name).toHaveProperty(name);
      const actual = plainValue(metrics[name as keyof TradeMetrics]);
      const actuals = Array.isArray(actual) ? actual : [actual];
      const values = Array.isArray(value) ? value : [value];
      expect(actuals.length, name).toBe(values.length);
      actuals.forEach((bound, i) => expectClose(bound, values[i], name));
    }
  });
});

describe('domain section 6: a metric that is not defined says why, the first reason of the list that applies', () => {
  const someday = (...profits: number[]) => profits.map((pnl, i) => closedTrade(pnl, MS_PER_DAY + i));
  const rows: [string, readonly ClosedTrade[], Partial<Record<keyof TradeMetrics, MetricReason | null>>][] = [
    [
      'no trades',
      [],
      {
        winRate: 'NO_TRADES',
        averageProfit: 'NO_TRADES',
        averageLoss: 'NO_TRADES',
        profitFactor: 'NO_TRADES',
        payoffRatio: 'NO_TRADES',
        expectancy: 'NO_TRADES',
        averageR: 'NO_TRADES',
        sqn: 'NO_TRADES',
        sharpe: 'NO_TRADES',
        sortino: 'NO_TRADES',
        calmar: 'NO_TRADES',
        averageDurationSeconds: 'NO_TRADES',
        averageWinDurationSeconds: 'NO_TRADES',
        averageLossDurationSeconds: 'NO_TRADES',
        exposure: 'NO_TRADES',
      },
    ],
    [
      'one win',
      someday(5),
      {
        winRate: null,
        averageProfit: null,
        averageLoss: 'NO_LOSSES',
        profitFactor: 'NO_LOSSES',
        payoffRatio: 'NO_LOSSES',
        sqn: 'ZERO_VARIANCE',
        // one day only, and no spread either
        sharpe: 'TOO_FEW_DAYS',
        sortino: 'NO_LOSSES',
        calmar: 'NO_LOSSES',
        averageWinDurationSeconds: null,
        averageLossDurationSeconds: 'NO_LOSSES',
      },
    ],
    [
      'one loss',
      someday(-5),
      {
        averageProfit: 'NO_WINS',
        averageLoss: null,
        profitFactor: null,
        payoffRatio: 'NO_WINS',
        sqn: 'ZERO_VARIANCE',
        sharpe: 'TOO_FEW_DAYS',
        sortino: null,
        calmar: null,
        averageWinDurationSeconds: 'NO_WINS',
        averageLossDurationSeconds: null,
      },
    ],
    [
      'flats only: neither wins nor losses',
      closedDaily([0, 0]),
      {
        averageProfit: 'NO_WINS',
        averageLoss: 'NO_LOSSES',
        profitFactor: 'NO_LOSSES',
        payoffRatio: 'NO_WINS',
        expectancy: null,
        sqn: 'ZERO_VARIANCE',
        sharpe: 'ZERO_VARIANCE',
        sortino: 'NO_LOSSES',
        calmar: 'NO_LOSSES',
        averageWinDurationSeconds: 'NO_WINS',
        averageLossDurationSeconds: 'NO_LOSSES',
      },
    ],
    [
      'losses, but no losing day',
      someday(-5, 6),
      { averageProfit: null, profitFactor: null, sqn: null, sharpe: 'TOO_FEW_DAYS', sortino: 'ZERO_VARIANCE', calmar: null },
    ],
    ['equal days', closedDaily([2, 2]), { sqn: 'ZERO_VARIANCE', sharpe: 'ZERO_VARIANCE' }],
    ['everything there', closedDaily([3, -1]), { payoffRatio: null, sqn: null, sharpe: null, sortino: null, calmar: null, exposure: null }],
  ];

  test.for(rows)('%s', ([, trades, expected]) => {
    const metrics = metricsOf(trades);
    const reasons = Object.fromEntries(Object.keys(expected).map((name) => [name, reasonOf(metrics[name as keyof TradeMetrics])]));
    expect(reasons).toEqual(expected);
  });

  test('every reason has a sentence, and some row above shows it', () => {
    const shown = new Set(rows.flatMap(([, , expected]) => Object.values(expected)));
    for (const [reason, sentence] of Object.entries(METRIC_REASONS)) {
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(shown).toContain(reason);
    }
  });

  function reasonOf(figure: unknown): MetricReason | null {
    const metric = figure as { value: number | null; reason: MetricReason | null };
    expect(metric.value === null).toBe(metric.reason !== null);
    return metric.reason;
  }
});

describe('exactness', () => {
  test('money is added exactly, to the eighth decimal', () => {
    const trades = Array.from({ length: 1000 }, (_, i) => closedTrade('0.00000001', i));
    const metrics = metricsOf([...trades, closedTrade('123456789.12345678', 2000), closedTrade('-0.3', 2001), closedTrade('0.1', 2002)]);
    expect(toPlain(metrics.totalPnl)).toBe('123456788.92346678');
    expect(toPlain(metrics.fees)).toBe('200.6');
    expect(toPlain(metrics.grossPnl)).toBe('123456989.52346678');
  });

  test('profits that a double cannot hold apart still vary, and equal ones do not', () => {
    expect(metricsOf(closedDaily(['90000000.00000001', '90000000.00000002'])).sqn.reason).toBeNull();
    expect(metricsOf(closedDaily(['90000000.00000001', '90000000.00000002'])).sharpe.reason).toBeNull();
    const equal = metricsOf(closedDaily(Array.from({ length: 10 }, () => '0.1')));
    expect(equal.sqn.reason).toBe('ZERO_VARIANCE');
    expect(equal.sharpe.reason).toBe('ZERO_VARIANCE');
  });

  test('money with more than 8 decimals is refused, not rounded', () => {
    expect(() => metricsOf([closedTrade('0.000000001', 1)])).toThrow(RangeError);
  });

  const profits = fc.array(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), { maxLength: 40 });

  test('the order of the trades does not change any sum', () => {
    fc.assert(
      fc.property(profits, fc.integer(), (units, seed) => {
        const trades = units.map((unit, i) => closedTrade(new Decimal(unit).dividedBy(1e8), i));
        const shuffled = trades.map((trade, i) => [Math.imul(seed + i, 0x9e3779b1), trade] as const).sort((a, b) => a[0] - b[0]);
        const sums = ({ totalPnl, grossPnl, fees, averageProfit, averageLoss, profitFactor, sqn, sharpe }: TradeMetrics) => [
          ...[totalPnl, grossPnl, fees].map(toPlain),
          ...[averageProfit, averageLoss, profitFactor, sqn, sharpe].map((metric) => metric.value),
        ];
        expect(sums(metricsOf(shuffled.map(([, trade]) => trade)))).toEqual(sums(metricsOf(trades)));
      }),
    );
  });

  test('counts and ratios agree with their definitions, worked slowly in decimals', () => {
    fc.assert(
      fc.property(profits, (units) => {
        const amounts = units.map((unit) => new Decimal(unit).dividedBy(1e8));
        const metrics = metricsOf(amounts.map((amount, i) => closedTrade(amount, i)));
        const sum = (values: Decimal[]) => values.reduce((total, value) => total.plus(value), new Decimal(0));
        const won = amounts.filter((amount) => amount.gt(0));
        const lost = amounts.filter((amount) => amount.lt(0));
        expect(metrics).toMatchObject({ closedTrades: amounts.length, wins: won.length, losses: lost.length });
        expect(metrics.flats).toBe(amounts.length - won.length - lost.length);
        expect(toPlain(metrics.totalPnl)).toBe(toPlain(sum(amounts)));
        if (lost.length > 0) expectClose(metrics.profitFactor.value, sum(won).dividedBy(sum(lost).abs()).toNumber(), 'profitFactor');
        if (won.length > 0 && lost.length > 0) {
          const payoff = sum(won).dividedBy(won.length).dividedBy(sum(lost).dividedBy(lost.length).abs());
          expectClose(metrics.payoffRatio.value, payoff.toNumber(), 'payoffRatio');
        }
        if (amounts.length === 0) return;
        const mean = sum(amounts).dividedBy(amounts.length);
        expectClose(metrics.expectancy.value, mean.toNumber(), 'expectancy');
        const squares = sum(amounts.map((amount) => amount.minus(mean).pow(2)));
        expect(metrics.sqn.value === null).toBe(amounts.every((amount) => amount.eq(amounts[0]!)));
        if (metrics.sqn.value === null) return;
        const deviation = squares.dividedBy(amounts.length - 1).sqrt();
        expectClose(metrics.sqn.value, mean.times(Math.sqrt(amounts.length)).dividedBy(deviation).toNumber(), 'sqn');
      }),
    );
  });
});

describe('single figures', () => {
  test('best and worst trade; of equals the one that closed first', () => {
    const metrics = metricsOf(closedDaily([1, 5, -3, 5, -3]));
    expect([metrics.bestTradeId, metrics.worstTradeId]).toEqual(['t1', 't2']);
    expect(metricsOf([])).toMatchObject({ bestTradeId: null, worstTradeId: null });
    expect(metricsOf(closedDaily([-1, -2]))).toMatchObject({ bestTradeId: 't0', worstTradeId: 't1' });
  });

  test('ambiguous trades are counted, and taken as won with their own fee rate, long and short', () => {
    const long = closedTrade('-5.195', MS_PER_DAY, { ambiguous: true });
    const short = closedTrade('-5.1025', 2 * MS_PER_DAY, {
      direction: 'SHORT',
      stopLoss: new Decimal(105),
      takeProfit: new Decimal(90),
      feeRate: new Decimal('0.0005'),
      ambiguous: true,
    });
    const metrics = metricsOf([long, closedTrade(1, 3 * MS_PER_DAY), short]);
    expect(metrics.ambiguousTrades).toBe(2);
    expect(toPlain(metrics.totalPnl)).toBe('-9.2975');
    // long: 10 − 0.001 × 210 = 9.79; short: 10 − 0.0005 × 190 = 9.905; and the 1 of the other
    expect(toPlain(metrics.totalPnlIfAmbiguousWon)).toBe('20.695');
    expect(toPlain(metricsOf(closedDaily([1, 2])).totalPnlIfAmbiguousWon)).toBe('3');
  });

  test('average R: each profit by its own risk', () => {
    const trades = [
      closedTrade(10, 1), // risk 5 × 1
      closedTrade(-30, 2, { direction: 'SHORT', stopLoss: new Decimal(110), quantity: new Decimal(2) }), // risk 10 × 2
    ];
    expect(metricsOf(trades).averageR.value).toBe((2 - 1.5) / 2);
  });

  test('a first loss is a drawdown since the first entry, whichever trade closed first', () => {
    const late = closedTrade(-1, 3 * MS_PER_DAY);
    const early = closedTrade(-1, 4 * MS_PER_DAY, { entryTimeMs: 2 * MS_PER_DAY });
    expect(metricsOf([late, early]).longestDrawdownDays).toBe(998);
  });

  test('the capital base moves what depends on it and nothing else', () => {
    const trades = closedDaily([4, -3, 2, -1]);
    const small = computeMetrics(trades, { capitalBase: new Decimal(100), nowMs: NOW_MS, openEntryTimesMs: [] });
    const large = metricsOf(trades);
    expectClose(small.maxDrawdownPct, 300 / 104, 'maxDrawdownPct');
    expectClose(large.maxDrawdownPct, 300 / 1004, 'maxDrawdownPct');
    const { maxDrawdownPct: _a, currentDrawdownPct: _b, calmar: _c, ...rest } = small;
    expect(large).toMatchObject(rest);
  });
});
