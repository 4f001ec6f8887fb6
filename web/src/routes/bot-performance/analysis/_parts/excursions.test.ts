import { expect, test } from 'vitest';
import type { ExcursionTrade } from '#lib/graphql/later/analysis-query.ts';
import { excursed, HEIGHT, mean, scatter, WIDTH } from './excursions.ts';

const trade = (adverse: string | null, favourable: string | null, realizedPnl = '1'): ExcursionTrade =>
  ({
    id: `${adverse}-${favourable}`,
    realizedPnl,
    maxAdverseExcursion: adverse === null ? null : { percent: adverse },
    maxFavourableExcursion: favourable === null ? null : { percent: favourable },
  }) as ExcursionTrade;

test('only trades of which it is known are drawn, winners apart from losers', () => {
  const known = excursed([trade('0.5', '3'), trade(null, null), trade('2', '0.25', '-2'), trade('0', '0', '0')]);
  expect(known.map(({ adverse, favourable, won }) => [adverse, favourable, won])).toEqual([
    [0.5, 3, true],
    [2, 0.25, false],
    [0, 0, false],
  ]);
  const { won, lost } = scatter(known);
  expect(won.match(/M/g)).toHaveLength(1);
  expect(lost.match(/M/g)).toHaveLength(2);
});

test('farther against is to the right, farther for is up, all inside the picture', () => {
  const { won, lost, right, up } = scatter(excursed([trade('0', '4'), trade('2', '0', '-1')]));
  expect(won).toBe('M8 8h0');
  expect(lost).toBe(`M${WIDTH - 8} ${HEIGHT - 8}h0`);
  expect(right.map(({ value }) => value)).toEqual([0, 0.5, 1, 1.5, 2]);
  expect(up.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4]);
});

test('prices that never moved can be drawn', () => {
  expect(scatter(excursed([trade('0', '0')])).won).toBe(`M8 ${HEIGHT - 8}h0`);
});

test('the mean of none is not known', () => {
  expect(mean([])).toBeNull();
  expect(mean([1, 2])).toBe(1.5);
});
