import { expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { nextTurn } from '../../testkit/turns.ts';
import { Authenticator } from './authenticator.ts';
import type { Sender } from './scopes.ts';

const SENDER: Sender = { id: 'bot', slug: 'bot', tokenId: 'token', scopes: ['signals:create'] };

function stage() {
  const clock = new ManualClock();
  const used: string[] = [];
  const warned: string[] = [];
  let broken = false;
  let lookups = 0;
  const store = {
    findByToken: (token: string) => {
      lookups += 1;
      return Promise.resolve(token === 'right' ? SENDER : null);
    },
    markUsed: (tokenId: string, at: Date) => {
      used.push(`${tokenId} ${at.toISOString()}`);
      return broken ? Promise.reject(new Error('down')) : Promise.resolve();
    },
  };
  const log = { debug() {}, info() {}, error() {}, warn: (_: object, message: string) => void warned.push(message) };
  const limits = { maxFailuresPerMinute: 2, maxFailureAddresses: 10, maxLookupsPerAddress: 3, usedEveryMs: 60_000 };
  let points = 100;
  const budget = { secondsUntilRefusal: () => (points < 10 ? 7 : 0), chargeRefused: () => (points -= 10) };
  const authenticator = new Authenticator(store, budget, limits, clock, log);
  return { clock, used, warned, breakDown: (is: boolean) => (broken = is), authenticator, lookups: () => lookups };
}

test('wrong tokens are counted by address, and right ones pass all the same', async () => {
  const { authenticator, clock } = stage();
  const wrong = (address: string) => authenticator.authenticate('wrong', address);
  const tooMany = { code: 'TOO_MANY_WRONG_TOKENS', retryAfterSeconds: 60 };
  expect([await wrong('a'), await wrong('a'), await wrong('a'), await wrong('b')]).toEqual([null, null, tooMany, null]);
  expect(await authenticator.authenticate('right', 'a')).toBe(SENDER);
  clock.advance(60_000);
  expect(await wrong('a')).toBeNull();
});

test('of wrong tokens that come all at once, no more are looked up than are paid for', async () => {
  const { authenticator, lookups } = stage();
  const answers = await Promise.all(Array.from({ length: 500 }, () => authenticator.authenticate('wrong', 'a')));
  expect(lookups()).toBeLessThanOrEqual(10 + 3); // what the points are for, and those that were begun meanwhile
  const limited = { code: 'RATE_LIMITED', retryAfterSeconds: 7 };
  expect(answers.at(-1)).toEqual(limited);
  expect(await authenticator.authenticate('right', 'a')).toEqual(limited);
});

test('right tokens that come all at once all pass', async () => {
  const { authenticator } = stage();
  const answers = await Promise.all(Array.from({ length: 500 }, () => authenticator.authenticate('right', 'a')));
  expect(new Set(answers)).toEqual(new Set([SENDER]));
});

test('a use is noted at most once in so long, and nobody waits for it', async () => {
  const { authenticator, clock, used } = stage();
  for (let each = 0; each < 5; each += 1) await authenticator.authenticate('right', 'a');
  expect(used).toEqual(['token 2026-01-01T00:00:00.000Z']);
  clock.advance(59_999);
  await authenticator.authenticate('right', 'a');
  expect(used).toHaveLength(1);
  clock.advance(1);
  await authenticator.authenticate('right', 'a');
  expect(used).toHaveLength(2);
});

test('a use that could not be stored harms nobody and is noted with the next', async () => {
  const { authenticator, used, warned, breakDown } = stage();
  breakDown(true);
  expect(await authenticator.authenticate('right', 'a')).toBe(SENDER);
  await nextTurn();
  expect(warned).toHaveLength(1);
  breakDown(false);
  await authenticator.authenticate('right', 'a');
  expect(used).toHaveLength(2);
});
