import { describe, expect, test } from 'vitest';
import { Decimal } from '../src/kernel/decimal.ts';
import { PriceWalk, onLadder, quantityFor, seededRandom, waitMs } from './price-model.ts';
import { DEMO_SYMBOLS } from './symbols.ts';

/** Seconds until a walk from 42,500 has risen by `above` or fallen by `below`, both as parts of the price. */
function secondsToTouch(seed: number, above: number, below: number): number {
  const walk = new PriceWalk(42_500, seededRandom(seed));
  for (let seconds = 0.25; ; seconds += 0.25) {
    const price = walk.step(250);
    if (price >= 42_500 * (1 + above) || price <= 42_500 * (1 - below)) return seconds;
  }
}

describe('the walk', () => {
  test('the same seed gives the same prices, another seed others', () => {
    const prices = (seed: number) => {
      const walk = new PriceWalk(100, seededRandom(seed));
      return Array.from({ length: 5 }, () => walk.step(250));
    };
    expect(prices(7)).toEqual(prices(7));
    expect(prices(7)).not.toEqual(prices(8));
  });

  test('levels 0.3 to 0.6 % away are touched within 20 to 90 seconds as a rule', () => {
    for (const [above, below] of [
      [0.006, 0.003],
      [0.0045, 0.0045],
      [0.003, 0.006],
    ] as const) {
      const times = Array.from({ length: 500 }, (_, seed) => secondsToTouch(seed, above, below)).sort((a, b) => a - b);
      expect(times[250]).toBeGreaterThan(20);
      expect(times[250]).toBeLessThan(60);
      expect(times.filter((seconds) => seconds <= 90).length).toBeGreaterThan(425);
    }
  });

  test('days later the price is still near its start', () => {
    const walk = new PriceWalk(42_500, seededRandom(3));
    for (let minute = 0; minute < 3 * 1_440; minute++) {
      const price = walk.step(60_000);
      expect(price).toBeGreaterThan(42_500 * 0.85);
      expect(price).toBeLessThan(42_500 * 1.15);
    }
  });

  test('prints come several a second, never in a burst without end and never minutes apart', () => {
    const random = seededRandom(1);
    const waits = Array.from({ length: 10_000 }, () => waitMs(250, random));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2_000);
    expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length).toBeCloseTo(250, -2);
  });
});

describe('prices and quantities', () => {
  test.each(DEMO_SYMBOLS)('$marketType $symbol prints whole ticks of $tickSize', ({ price, tickSize }) => {
    const random = seededRandom(5);
    const walk = new PriceWalk(Number(price), random);
    for (let i = 0; i < 500; i++) {
      const text = onLadder(walk.step(250), tickSize, random() < 0.5, 0);
      expect(text).toMatch(/^\d+(\.\d+)?$/);
      expect(new Decimal(text).mod(tickSize).isZero()).toBe(true);
      expect(quantityFor(Number(text), random)).toMatch(/^(?!0+(\.0+)?$)\d+(\.\d+)?$/);
    }
  });

  test('a buyer pays the next tick up, a seller gets the next tick down, and nothing costs less than a tick', () => {
    expect(onLadder(42_500.123, '0.01', true, 8)).toBe('42500.13000000');
    expect(onLadder(42_500.123, '0.01', false, 8)).toBe('42500.12000000');
    expect(onLadder(42_500.123, '0.1', false, 0)).toBe('42500.1');
    expect(onLadder(0.0000000001, '0.00000001', false, 0)).toBe('0.00000001');
  });
});
