import { expect, test } from 'vitest';
import { ManualTimers } from '#lib/live/manual-timers.ts';
import { Refresh } from './refresh.ts';

function start() {
  const timers = new ManualTimers();
  const asked: (() => void)[] = [];
  const refresh = new Refresh(timers, () => new Promise((done) => void asked.push(done)));
  const answer = async () => {
    asked.at(-1)?.();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { timers, asked, refresh, answer };
}

test('asks at once after the first closure, and once for all that come within a second', async () => {
  const { timers, asked, refresh, answer } = start();
  refresh.soon();
  refresh.soon();
  timers.pass(0);
  expect(asked).toHaveLength(1);
  await answer();
  refresh.soon();
  refresh.soon();
  timers.pass(999);
  expect(asked).toHaveLength(1);
  timers.pass(1);
  expect(asked).toHaveLength(2);
});

test('a closure that comes while an answer is under way is asked for after it', async () => {
  const { timers, asked, refresh, answer } = start();
  refresh.soon();
  timers.pass(0);
  refresh.soon();
  timers.pass(10_000);
  expect(asked).toHaveLength(1);
  await answer();
  timers.pass(0);
  expect(asked).toHaveLength(2);
});

test('asks for nothing once its page is left', async () => {
  const { timers, asked, refresh, answer } = start();
  refresh.soon();
  timers.pass(0);
  refresh.soon();
  refresh.stop();
  await answer();
  timers.pass(10_000);
  expect(asked).toHaveLength(1);
});
