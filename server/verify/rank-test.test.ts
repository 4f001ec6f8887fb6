import { describe, expect, test } from 'vitest';
import { median, rankTest } from './rank-test.ts';
import { randomOf } from './rig.ts';

const sample = (seed: number, size: number, more = 0): number[] => {
  const random = randomOf(seed);
  return Array.from({ length: size }, () => 1 + more + random() ** 4); // skewed, as times are
};

describe('the rank test', () => {
  test('agrees with a worked case', () => {
    // Ranks 1..20 against 21..40: u = 0, deviation √(20·20·41/12) = 36.97, z = (200 − 0.5) / 36.97 = 5.397: p = 6.8e-8
    const [low, high] = [Array.from({ length: 20 }, (_, at) => at), Array.from({ length: 20 }, (_, at) => 20 + at)];
    expect(rankTest(low, high)).toBeCloseTo(6.8e-8, 6);
    expect(rankTest(high, low)).toBe(rankTest(low, high));
  });

  test('says nothing of equal values', () => {
    expect(rankTest(Array(30).fill(1), Array(30).fill(1))).toBe(1);
  });

  test('is below 0.01 in about one of a hundred pairs of the same distribution', () => {
    const runs = Array.from({ length: 2_000 }, (_, run) => rankTest(sample(2 * run + 1, 60), sample(2 * run + 2, 60)));
    const share = runs.filter((p) => p < 0.01).length / runs.length;
    expect(share).toBeGreaterThan(0.003);
    expect(share).toBeLessThan(0.02);
  });

  test('notices a tenth of the spread in 300 values', () => {
    const noticed = Array.from({ length: 100 }, (_, run) => rankTest(sample(2 * run + 1, 300), sample(2 * run + 2, 300, 0.1))).filter(
      (p) => p < 0.01,
    );
    expect(noticed.length).toBeGreaterThan(95);
  });
});

test('the median', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});
