import { expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { tickAt } from '../../testkit/watched-trades.ts';
import { PriceBoard } from './price-board.ts';

test('a tick that is late is as old as it is, and never hides a newer checked price', () => {
  const clock = new ManualClock();
  const board = new PriceBoard(clock);
  const shown = (maxAgeMs = Infinity) => board.getFresh('FUTURES', 'BTCUSDT', maxAgeMs)?.price;
  clock.advance(60_000);
  board.putTick(tickAt(1, '100'), 8_000);
  expect([shown(8_000), shown(7_999)]).toEqual(['100', undefined]);
  board.putCheck('FUTURES', 'BTCUSDT', '111', 0, clock.monotonicMs() - 5_000);
  board.putTick(tickAt(2, '101'), 8_000);
  expect(shown()).toBe('111');
  board.putTick(tickAt(3, '102'), 50);
  expect(shown()).toBe('102');
});
