import { describe, expect, test } from 'vitest';
import { StretchRecorder } from './stretches.ts';
import type { TickSource } from '../ticks/tick.ts';

/** A recorder from 1,000 ms on that has seen these ticks ("7@1500 LIVE") and candles ("@60000"). */
function after(...seen: string[]): StretchRecorder {
  const recorder = new StretchRecorder(1_000);
  see(recorder, ...seen);
  return recorder;
}

function see(recorder: StretchRecorder, ...seen: string[]): void {
  for (const one of seen) {
    const [, id, time, source] = /^(\d*)@(\d+) ?(\w*)$/.exec(one)!;
    if (id === '') recorder.candle({ closeTimeMs: Number(time) });
    else recorder.tick({ id: Number(id), timeMs: Number(time), source: source as TickSource });
  }
}

const show = (recorder: StretchRecorder) =>
  recorder
    .take()
    .map(({ fromMs, toMs, source, fromId, toId }) => `${fromMs}-${toMs} ${source}${fromId === null ? '' : ` ${fromId}-${toId}`}`);

describe('the stretches that were looked up afterwards', () => {
  test('live ticks leave none', () => expect(show(after('1@1100 LIVE', '2@1200 LIVE'))).toEqual([]));

  test('from the last tick before to the last one fetched', () => {
    expect(show(after('1@1100 LIVE', '2@1200 BACKFILL', '3@1300 BACKFILL', '4@1400 LIVE', '5@1500 BACKFILL', '6@1600 LIVE'))).toEqual([
      '1100-1300 BACKFILL 2-3',
      '1400-1500 BACKFILL 5-5',
    ]);
  });

  test('from the beginning, where nothing was known', () => {
    expect(show(after('9@1500 BACKFILL'))).toEqual(['1000-1500 BACKFILL 9-9']);
  });

  test('candles and trades are told apart', () => {
    expect(show(after('1@1100 LIVE', '@60000', '@120000', '7@130000 BACKFILL', '@240000', '9@250000 LIVE'))).toEqual([
      '1100-120000 CANDLE',
      '120000-130000 BACKFILL 7-7',
      '130000-240000 CANDLE',
    ]);
  });

  test('taken in the middle it goes on where it was cut', () => {
    const recorder = after('1@1100 LIVE', '2@1200 BACKFILL');
    expect(show(recorder)).toEqual(['1100-1200 BACKFILL 2-2']);
    expect(show(recorder)).toEqual([]);
    see(recorder, '3@1300 BACKFILL', '4@1400 LIVE');
    expect(show(recorder)).toEqual(['1200-1300 BACKFILL 3-3']);
  });

  test('trades that an earlier run applied already are not looked up again', () => {
    const recorder = new StretchRecorder(1_300, 3);
    see(recorder, '2@1200 BACKFILL', '3@1300 BACKFILL', '4@1400 BACKFILL', '5@1500 LIVE');
    expect(show(recorder)).toEqual(['1300-1400 BACKFILL 4-4']);
  });

  test('one without any length is none, and times that go back do not make one', () => {
    expect(show(after('1@1100 LIVE', '2@1100 BACKFILL', '3@1050 BACKFILL', '4@1200 LIVE'))).toEqual([]);
    expect(show(after('1@1100 LIVE', '2@1050 BACKFILL', '3@1150 BACKFILL'))).toEqual(['1100-1150 BACKFILL 2-3']);
  });
});
