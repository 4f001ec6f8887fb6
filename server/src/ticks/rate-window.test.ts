import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';
import { RateWindow } from './rate-window.ts';

test('who waits as told never passes the limit within any window', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ cost: fc.integer({ min: 1, max: 20 }), pauseMs: fc.integer({ min: 0, max: 900 }) }), { maxLength: 60 }),
      (sends) => {
        const window = new RateWindow(20, 1_000);
        const sent: { atMs: number; cost: number }[] = [];
        let nowMs = 0;
        for (const { cost, pauseMs } of sends) {
          nowMs += pauseMs;
          nowMs += window.waitMs(nowMs, cost);
          expect(window.waitMs(nowMs, cost)).toBe(0);
          window.spend(nowMs, cost);
          sent.push({ atMs: nowMs, cost });
          const within = sent.filter(({ atMs }) => nowMs - atMs < 1_000).reduce((sum, one) => sum + one.cost, 0);
          expect(within).toBeLessThanOrEqual(20);
        }
      },
    ),
  );
});

test('a cost above the limit waits for an empty window, and uncalled costs count', () => {
  const window = new RateWindow(10, 1_000);
  expect(window.waitMs(0, 50)).toBe(0);
  window.spend(0, 3);
  expect(window.waitMs(400, 50)).toBe(600);
  window.spend(400, 30);
  expect(window.waitMs(500, 1)).toBe(900);
});

test('backoff doubles up to its end and takes a random half off', () => {
  const least = () => 0;
  expect([0, 1, 2, 3, 40].map((attempt) => backoffMs(attempt, 100, 500, least))).toEqual([50, 100, 200, 250, 250]);
  expect(backoffMs(2, 100, 5_000, () => 0.5)).toBe(300);
});
