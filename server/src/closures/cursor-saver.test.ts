import { expect, test } from 'vitest';
import { silentLog } from '../../testkit/silent-log.ts';
import { deferred } from '../../testkit/turns.ts';
import { tickAt } from '../../testkit/watched-trades.ts';
import type { Tick } from '../ticks/tick.ts';
import { CursorSaver } from './cursor-saver.ts';
import type { CursorMoment, SymbolStretch } from './cursor-saver.ts';

const stretch = (fromMs: number): SymbolStretch => ({
  marketType: 'SPOT',
  symbol: 'BTCUSDT',
  source: 'BACKFILL',
  fromMs,
  toMs: fromMs + 1,
  fromId: 1,
  toId: 1,
});

const MOMENT: CursorMoment = { at: new Date(0), recordSequence: 1n };

function open() {
  const saved: string[] = [];
  const sink = {
    down: false,
    gate: Promise.resolve(),
    async saveCursors(ticks: readonly Tick[], _moment: CursorMoment, stretches: readonly SymbolStretch[]): Promise<void> {
      await this.gate;
      if (this.down) throw new Error('the database is away');
      saved.push(`${ticks.map(({ id }) => id).join(' ')} | ${stretches.map(({ fromMs }) => fromMs).join(' ')}`);
    },
  };
  return { saved, sink, saver: new CursorSaver(sink, silentLog) };
}

test('cursors and stretches go together, and nothing goes where there is neither', async () => {
  const { saved, saver } = open();
  saver.save([], MOMENT, () => {});
  await saver.settled();
  expect(saved).toEqual([]);
  saver.save([tickAt(1, '1')], MOMENT, () => {});
  saver.keep([stretch(5)]);
  saver.save([], MOMENT, () => {});
  saver.keep([stretch(6), stretch(7)]);
  saver.save([tickAt(2, '1')], MOMENT, () => {});
  await saver.settled();
  // What was kept before a save began goes with it, also where it was asked for earlier.
  expect(saved).toEqual(['1 | 5 6 7', '2 | ']);
});

test('what could not be saved goes with the next save, in order, and its asker is told', async () => {
  const { saved, sink, saver } = open();
  let failures = 0;
  sink.down = true;
  saver.keep([stretch(5)]);
  saver.save([tickAt(1, '1')], MOMENT, () => (failures += 1));
  await saver.settled();
  expect([failures, saved]).toEqual([1, []]);
  sink.down = false;
  saver.keep([stretch(6)]);
  saver.save([tickAt(1, '1')], MOMENT, () => (failures += 1));
  await saver.settled();
  expect([failures, saved]).toEqual([1, ['1 | 5 6']]);
});

test('one save after the other', async () => {
  const { saved, sink, saver } = open();
  const gate = deferred<void>();
  sink.gate = gate.promise;
  saver.save([tickAt(1, '1')], MOMENT, () => {});
  sink.gate = Promise.resolve();
  saver.save([tickAt(2, '1')], MOMENT, () => {});
  gate.resolve();
  await saver.settled();
  expect(saved).toEqual(['1 | ', '2 | ']);
});
