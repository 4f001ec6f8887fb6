import fc from 'fast-check';
import { expect, test } from 'vitest';
import { streaksOf } from './streaks.ts';

test('domain section 6: a flat ends a streak and starts none', () => {
  expect(streaksOf([1n, 2n, 0n, 3n, -1n, -1n])).toEqual({ longestWinStreak: 2, longestLossStreak: 2, currentStreak: -2 });
  expect(streaksOf([1n, 0n])).toEqual({ longestWinStreak: 1, longestLossStreak: 0, currentStreak: 0 });
  expect(streaksOf([])).toEqual({ longestWinStreak: 0, longestLossStreak: 0, currentStreak: 0 });
});

test('streaks agree with the runs of letters in a text of wins, losses and flats', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -1n, max: 1n }), { maxLength: 60 }), (pnl) => {
      const text = pnl.map((amount) => (amount > 0n ? 'W' : amount < 0n ? 'L' : '-')).join('');
      const longest = (runs: RegExp) => Math.max(0, ...(text.match(runs) ?? []).map((run) => run.length));
      expect(streaksOf(pnl)).toEqual({
        longestWinStreak: longest(/W+/g),
        longestLossStreak: longest(/L+/g),
        currentStreak: /W+$/.exec(text)?.[0].length ?? 0 - (/L+$/.exec(text)?.[0].length ?? 0),
      });
    }),
  );
});
