import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { ExchangeClock } from './exchange-clock.ts';

function open(aheadMs: number) {
  const clock = new ManualClock();
  const exchange = new ExchangeClock(clock);
  const trueMs = () => clock.now().getTime() + aheadMs;
  const hear = (lateMs: number) => {
    clock.advance(1);
    exchange.heard(trueMs() - lateMs);
    return Math.round(exchange.lateMs(trueMs() - lateMs));
  };
  return { clock, exchange, hear, trueMs };
}

describe('the exchange’s time', () => {
  test.each([0, 3_600_000, -3_600_000])('is what its events tell, where the host differs by %i ms', (aheadMs) => {
    const { exchange, hear, trueMs, clock } = open(aheadMs);
    expect(exchange.nowMs()).toBe(clock.now().getTime());
    expect([hear(80), hear(50), hear(50)]).toEqual([0, 0, 0]);
    expect(trueMs() - exchange.nowMs()).toBe(50);
  });

  test('an event later than the others is late by as much', () => {
    const { hear, clock } = open(0);
    hear(50);
    hear(50);
    clock.advance(10_000);
    expect(hear(8_050)).toBe(7_999);
    expect(hear(60)).toBe(9);
  });

  test('an answer of REST tells it where a stream is late from its first event on', () => {
    const { exchange, hear, trueMs, clock } = open(0);
    expect([hear(8_000), hear(8_000)]).toEqual([0, 0]);
    exchange.answered(trueMs() - 40, clock.monotonicMs());
    expect(hear(8_000)).toBe(0);
    clock.advance(5_000);
    exchange.answered(trueMs() - 40, clock.monotonicMs());
    expect(hear(8_000)).toBe(7_960);
    expect(trueMs() - exchange.nowMs()).toBe(40);
  });

  test('two wrong answers in a row are forgotten after two minutes of right ones', () => {
    const { exchange, hear, trueMs, clock } = open(0);
    for (const aheadMs of [60_000, 60_000, ...Array<number>(24).fill(-40)]) {
      exchange.answered(trueMs() + aheadMs, clock.monotonicMs());
      clock.advance(5_000);
    }
    expect(hear(50)).toBeLessThan(20);
  });

  test('without answers a stream that has become late does not set the clock, however long', () => {
    const { exchange, hear, trueMs, clock } = open(0);
    for (let answer = 0; answer < 12; answer += 1) {
      clock.advance(5_000);
      exchange.answered(trueMs() - 40, clock.monotonicMs());
    }
    for (let second = 0; second < 600; second += 1) {
      clock.advance(1_000);
      expect(hear(8_000)).toBeGreaterThan(7_000);
    }
  });

  test('one event with a wrong time makes no other late, even where it comes twice', () => {
    const { exchange, hear, trueMs } = open(0);
    hear(50);
    hear(50);
    const wrongMs = trueMs() + 86_400_000;
    exchange.heard(wrongMs);
    exchange.heard(wrongMs);
    expect(hear(50)).toBe(0);
  });

  test('one event with a time that cannot be makes no other late', () => {
    const { exchange, hear, trueMs } = open(0);
    hear(50);
    hear(50);
    exchange.heard(trueMs() + 86_400_000);
    expect(hear(50)).toBe(0);
  });
});
