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
  const store = {
    findByToken: (token: string) => Promise.resolve(token === 'right' ? SENDER : null),
    markUsed: (tokenId: string, at: Date) => {
      used.push(`${tokenId} ${at.toISOString()}`);
      return broken ? Promise.reject(new Error('down')) : Promise.resolve();
    },
  };
  const log = { debug() {}, info() {}, error() {}, warn: (_: object, message: string) => void warned.push(message) };
  const limits = { maxFailuresPerMinute: 2, maxFailureAddresses: 10, usedEveryMs: 60_000 };
  return { clock, used, warned, breakDown: (is: boolean) => (broken = is), authenticator: new Authenticator(store, limits, clock, log) };
}

test('wrong tokens are counted by address, and right ones pass all the same', async () => {
  const { authenticator, clock } = stage();
  const wrong = (address: string) => authenticator.authenticate('wrong', address);
  expect([await wrong('a'), await wrong('a'), await wrong('a'), await wrong('b')]).toEqual([null, null, 'TOO_MANY_FAILURES', null]);
  expect(await authenticator.authenticate('right', 'a')).toBe(SENDER);
  expect(authenticator.retryAfterMs).toBe(60_000);
  clock.advance(60_000);
  expect(await wrong('a')).toBeNull();
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
