import { expect, test } from 'vitest';
import { Announcer } from './announcer.svelte.ts';
import { ManualTimers } from '../manual-timers.ts';

test('the first news is told at once, what follows is grouped, at most one message per 10 s', () => {
  const timers = new ManualTimers();
  const announcer = new Announcer(timers);
  announcer.tell({ kind: 'opened', message: 'New position: BTCUSDT long.' });
  expect(announcer.status).toBe('New position: BTCUSDT long.');

  announcer.tell({ kind: 'closed', message: 'Trade closed: A.' });
  announcer.tell({ kind: 'closed', message: 'Trade closed: B.' });
  announcer.tell({ kind: 'opened', message: 'New position: C.' });
  timers.pass(9_999);
  expect(announcer.status).toBe('New position: BTCUSDT long.');
  timers.pass(1);
  expect(announcer.status).toBe('2 trades closed. New position: C.');
});

test('an answer to the reader does not wait', () => {
  const timers = new ManualTimers();
  const announcer = new Announcer(timers);
  announcer.tell({ kind: 'opened', message: 'New position.' });
  announcer.say('Paused.');
  expect(announcer.status).toBe('Paused.');
});
