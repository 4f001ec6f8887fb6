import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { browserTimers } from './timers.ts';

/** A browser that draws when the test says so. */
const frames = new Map<number, () => void>();
const draw = (): void => {
  const due = [...frames.values()];
  frames.clear();
  for (const run of due) run();
};

beforeEach(() => {
  vi.useFakeTimers();
  let frame = 0;
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => {
    frames.set((frame += 1), run);
    return frame;
  });
  vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.delete(id));
});
afterEach(() => {
  frames.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('after a frame something runs once: behind it, or without it where nothing is drawn', () => {
  const ran: string[] = [];
  browserTimers.afterFrame(() => ran.push('drawn'));
  draw();
  expect(ran).toEqual([]);
  vi.advanceTimersByTime(0);
  expect(ran).toEqual(['drawn']);
  browserTimers.afterFrame(() => ran.push('unseen'));
  vi.advanceTimersByTime(10_000);
  draw();
  vi.advanceTimersByTime(10_000);
  expect(ran).toEqual(['drawn', 'unseen']);
});

test('cancelled before or behind the frame it does not run', () => {
  const ran: string[] = [];
  const early = browserTimers.afterFrame(() => ran.push('early'));
  early();
  const late = browserTimers.afterFrame(() => ran.push('late'));
  draw();
  late();
  vi.advanceTimersByTime(10_000);
  draw();
  vi.advanceTimersByTime(10_000);
  expect(ran).toEqual([]);
});
