import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../kernel/decimal.ts';
import { DAY_MS, KLINE_INTERVALS, KLINE_MS } from '../ticks/candle.ts';
import type { Kline } from '../ticks/candle.ts';
import type { MarketType } from '../ticks/tick.ts';
import { candlesOf, chartEndMs, chartOf } from './trade-candles.ts';
import type { ClosedLife, KlinesOf } from './trade-candles.ts';

const LIMITS = { maxPerTrade: 200, before: 20, after: 3 };
const T0 = Date.parse('2026-03-02T00:00:00Z');

interface Print {
  readonly timeMs: number;
  readonly price: number;
}

const life = (marketType: MarketType, fromMs: number, toMs: number, entry = 100, exit = 100): ClosedLife => ({
  id: 'a',
  sequence: 1n,
  marketType,
  symbol: 'BTCUSDT',
  entryPrice: new Decimal(entry),
  exitPrice: new Decimal(exit),
  entryTimeMs: fromMs,
  exitTimeMs: toMs,
});

/** What an exchange with this tape answers; stretches without trades are flat, as Binance's are. Weeks begin anywhere. */
function klinesOf(tape: readonly Print[], asked: string[] = []): KlinesOf {
  return (interval, fromMs, throughMs) => {
    asked.push(interval);
    const length = KLINE_MS[interval];
    const klines: Kline[] = [];
    for (let openTimeMs = Math.ceil(fromMs / length) * length; openTimeMs <= throughMs && klines.length < 499; openTimeMs += length) {
      const prices = tape.filter(({ timeMs }) => timeMs >= openTimeMs && timeMs < openTimeMs + length).map(({ price }) => price);
      const before = tape.findLast(({ timeMs }) => timeMs < openTimeMs)?.price;
      if (prices.length === 0 && before === undefined) continue;
      const all = prices.length > 0 ? prices : [before!];
      const [open, close, high, low] = [all[0]!, all.at(-1)!, Math.max(...all), Math.min(...all)].map(String);
      klines.push({ openTimeMs, open: open!, close: close!, high: high!, low: low!, trades: prices.length });
    }
    return Promise.resolve(klines);
  };
}

/** Looks at each print by itself: those count whose finest candle lies wholly within the life. */
function scan({ marketType, entryTimeMs, exitTimeMs, entryPrice, exitPrice }: ClosedLife, tape: readonly Print[]) {
  const grain = marketType === 'SPOT' ? 1_000 : 60_000;
  const seen = tape
    .filter(({ timeMs }) => {
      const openMs = Math.floor(timeMs / grain) * grain;
      return openMs >= entryTimeMs && openMs + grain <= exitTimeMs;
    })
    .map(({ price }) => price);
  const prices = [entryPrice.toNumber(), exitPrice.toNumber(), ...seen];
  return { lowest: Math.min(...prices), highest: Math.max(...prices) };
}

describe('extremes', () => {
  test('are those of the tape, looked at print by print', async () => {
    const print = fc.record({ timeMs: fc.integer({ min: 0, max: 1_000 }), price: fc.integer({ min: 50, max: 150 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<MarketType>('SPOT', 'FUTURES'),
        fc.constantFrom(20_000, 150_000, 600_000, 6 * 3_600_000, 3 * DAY_MS, 40 * DAY_MS),
        fc.integer({ min: 0, max: 999_999 }),
        fc.integer({ min: 0, max: 999_999 }),
        fc.array(print, { minLength: 1, maxLength: 60 }),
        async (marketType, spanMs, shift, part, prints) => {
          const fromMs = T0 + shift;
          const toMs = fromMs + Math.floor((spanMs * part) / 1_000_000);
          const tape = prints
            .map(({ timeMs, price }) => ({ price, timeMs: fromMs - 5_000 + Math.floor(((toMs - fromMs + 10_000) * timeMs) / 1_000) }))
            .sort((one, other) => one.timeMs - other.timeMs);
          tape.unshift({ timeMs: fromMs - 100 * DAY_MS, price: 40 }); // so that there are candles from long ago on
          const trade = life(marketType, fromMs, toMs, 100, 90);
          const { extremes } = await candlesOf(trade, klinesOf(tape), LIMITS);
          expect({ lowest: extremes?.lowest.toNumber(), highest: extremes?.highest.toNumber() }).toEqual(scan(trade, tape));
          expect(extremes?.resolution).toBe(marketType === 'SPOT' ? '1s' : '1m');
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a price from before the entry that merely still stands does not count', async () => {
    const tape = [{ timeMs: T0 - 60_000, price: 10 }];
    const { extremes } = await candlesOf(life('SPOT', T0, T0 + 3_600_000, 100, 110), klinesOf(tape), LIMITS);
    expect(extremes).toMatchObject({ lowest: new Decimal(100), highest: new Decimal(110) });
  });

  test('an exit before the entry, as clocks may have it, leaves the two prices', async () => {
    const tape = [
      { timeMs: T0 - DAY_MS, price: 10 },
      { timeMs: T0 - 40, price: 500 },
    ];
    const { extremes } = await candlesOf(life('FUTURES', T0, T0 - 80, 100, 110), klinesOf(tape), LIMITS);
    expect(extremes).toMatchObject({ lowest: new Decimal(100), highest: new Decimal(110), resolution: '1m' });
  });

  test('where finer candles are missing, it is said how coarse they are', async () => {
    const tape = [
      { timeMs: T0 - DAY_MS, price: 100 },
      { timeMs: T0 + 100, price: 300 },
      { timeMs: T0 + 70_000, price: 200 },
    ];
    const klines = klinesOf(tape);
    const withoutSeconds: KlinesOf = (interval, ...range) => (interval === '1s' ? Promise.resolve([]) : klines(interval, ...range));
    const trade = life('SPOT', T0 + 50, T0 + 600_000);
    expect((await candlesOf(trade, withoutSeconds, LIMITS)).extremes).toMatchObject({ highest: new Decimal(200), resolution: '1m' });
    expect((await candlesOf(trade, klines, LIMITS)).extremes).toMatchObject({ highest: new Decimal(200), resolution: '1s' });
  });

  test('candles that do not reach from entry to exit say nothing of extremes', async () => {
    const late = await candlesOf(life('SPOT', T0, T0 + 3_600_000), klinesOf([{ timeMs: T0 + 600_000, price: 100 }]), LIMITS);
    expect(late.extremes).toBeNull();
    expect(late.candles.length).toBeGreaterThan(0);
    const early: KlinesOf = async (interval, fromMs) => klinesOf([{ timeMs: T0 - DAY_MS, price: 1 }])(interval, fromMs, T0 + 1_800_000);
    expect((await candlesOf(life('SPOT', T0, T0 + 3_600_000), early, LIMITS)).extremes).toBeNull();
    expect(await candlesOf(life('SPOT', T0, T0 + 3_600_000), () => Promise.resolve([]), LIMITS)).toMatchObject({
      candles: [],
      extremes: null,
    });
  });
});

describe('the chart', () => {
  test.each([
    ['SPOT', 100_000, '1s'],
    ['FUTURES', 100_000, '1m'],
    ['SPOT', 180_000, '1m'],
    ['SPOT', 4 * 3_600_000, '3m'],
    ['FUTURES', 10 * 3_600_000, '5m'],
    ['FUTURES', 3 * DAY_MS, '30m'],
    ['FUTURES', 7 * DAY_MS, '1h'],
    ['FUTURES', 60 * DAY_MS, '12h'],
    ['FUTURES', 170 * DAY_MS, '1d'],
    ['FUTURES', 400 * DAY_MS, '1w'],
  ] as const)('of a %s trade of %i ms has candles of %s', (marketType, spanMs, interval) => {
    expect(chartOf(life(marketType, T0, T0 + spanMs), LIMITS).interval).toBe(interval);
  });

  test('has at most 200 candles, 20 before the entry and 3 after the exit, all of them over when it is due', async () => {
    const tape = [{ timeMs: T0 - 5_000 * DAY_MS, price: 100 }];
    for (const interval of KLINE_INTERVALS.filter((each) => each !== '1w')) {
      for (const [shift, share] of [
        [0, 0.1],
        [1, 0.5],
        [KLINE_MS[interval] - 1, 1],
        [KLINE_MS[interval] / 2, 0.99],
      ] as const) {
        const trade = life('SPOT', T0 + shift, T0 + shift + Math.floor(KLINE_MS[interval] * 176 * share));
        const { candles, interval: length } = await candlesOf(trade, klinesOf(tape), LIMITS);
        expect(candles.length).toBeLessThanOrEqual(201);
        expect(candles.filter(({ openTimeMs }) => openTimeMs + KLINE_MS[length] <= trade.entryTimeMs)).toHaveLength(20);
        expect(candles.filter(({ openTimeMs }) => openTimeMs > trade.exitTimeMs)).toHaveLength(3);
        expect(candles.at(-1)!.openTimeMs + KLINE_MS[length]).toBeLessThanOrEqual(chartEndMs(trade, LIMITS));
      }
    }
  });

  test('takes few requests', async () => {
    const asked: string[] = [];
    await candlesOf(life('SPOT', T0 + 1, T0 + 20 * DAY_MS + 2), klinesOf([{ timeMs: T0 - 90 * DAY_MS, price: 1 }], asked), LIMITS);
    expect(asked).toEqual(['4h', '1h', '1m', '1s', '1h', '1m', '1s']);
  });
});
