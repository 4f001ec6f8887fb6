import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal } from '../../src/kernel/decimal.ts';
import { checkNotReached, checkSignal } from '../../src/signals/check-signal.ts';
import { seededRandom } from '../price-model.ts';
import { DEMO_BOTS } from './cast.ts';
import { nextIdea } from './live-signal.ts';

const now = new Date('2026-11-23T06:30:00Z');
const ideas = DEMO_BOTS.flatMap((bot) => {
  const random = seededRandom(bot.name.length);
  return Array.from({ length: 300 }, () => nextIdea(bot, random));
});

test('every signal is in order at any price near the usual one, with levels 0.2 to 0.8 % away', () => {
  const around = fc.double({ min: 0.9, max: 1.1, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...ideas), around, (idea, part) => {
      const { place } = idea;
      const price = new Decimal(place.homePrice).times(part).toFixed(place.decimals);
      const message = idea.message(price, 'key', now);
      const expiresAt = message.expiresAt === null ? null : new Date(message.expiresAt);
      const checked = checkSignal({ ...message, entryPrice: message.entryPrice ?? price, sentAt: new Date(message.sentAt), expiresAt });
      expect(checked.ok ? checkNotReached(checked.value, new Decimal(price)) : checked.refusals).toEqual([]);
      const step = new Decimal(10).pow(-place.decimals);
      for (const level of [message.takeProfit, message.stopLoss]) {
        const away = new Decimal(level).minus(price).abs();
        expect(away.gte(new Decimal(price).times('0.002'))).toBe(true);
        expect(away.lte(new Decimal(price).times('0.008').plus(step))).toBe(true);
      }
    }),
  );
});

test('all kinds of signals come up', () => {
  const messages = ideas.map((idea) => ({ sequel: idea.sequel, ...idea.message(idea.place.homePrice, 'key', now) }));
  const kindsOf = <Key extends keyof (typeof messages)[number]>(key: Key) => new Set(messages.map((message) => message[key]));
  expect(kindsOf('strategy')).toEqual(new Set(['trend', 'breakout', 'mean-reversion', 'scalper']));
  expect(kindsOf('marketType')).toEqual(new Set(['SPOT', 'FUTURES']));
  expect(kindsOf('direction')).toEqual(new Set(['LONG', 'SHORT']));
  expect(kindsOf('status')).toEqual(new Set(['ACTIVE', 'PENDING']));
  expect(kindsOf('sequel')).toEqual(new Set(['NONE', 'SEND_AGAIN', 'ACTIVATE', 'CANCEL']));
  expect(kindsOf('symbol').size).toBe(11);
  for (const key of ['note', 'expiresAt', 'entryPrice'] as const) {
    expect(kindsOf(key).size).toBeGreaterThan(1);
    expect(kindsOf(key)).toContain(null);
  }
});
