import { expect, test } from 'vitest';
import type { SignalRow, TradeRow } from '../trades/rows.ts';
import type { RecordEvent } from './event.ts';
import { RecentEvents } from './recent-events.ts';

function eventOf(sequence: number, signal: string, tradeStatus?: string): RecordEvent {
  const rest = { sequence: BigInt(sequence), time: new Date(0), signal: { id: signal, status: tradeStatus } as unknown as SignalRow };
  return tradeStatus === undefined
    ? { ...rest, kind: 'SignalReceived', trade: null }
    : {
        ...rest,
        kind: tradeStatus === 'OPEN' ? 'TradeOpened' : 'TradeClosed',
        trade: { id: signal, status: tradeStatus } as unknown as TradeRow,
      };
}

class Stored {
  readonly events: RecordEvent[] = [];
  reads = 0;
  position = 0n;
  #listener = (_: RecordEvent): void => {};

  onEvent(listener: (event: RecordEvent) => void): void {
    this.#listener = listener;
  }
  announce(event: RecordEvent): void {
    this.events.push(event);
    this.position = event.sequence;
    this.#listener(event);
  }
  readAfter(sequence: bigint, limit: number): Promise<RecordEvent[]> {
    this.reads += 1;
    return Promise.resolve(this.events.filter((event) => event.sequence > sequence).slice(0, limit));
  }
}

const sequences = (events: readonly RecordEvent[]): number[] => events.map(({ sequence }) => Number(sequence));

test('the newest are answered from memory, those before from storage, each in order', async () => {
  const stored = new Stored();
  for (let sequence = 1; sequence <= 20; sequence += 1) stored.announce(eventOf(sequence, `s${sequence}`));
  const recent = new RecentEvents(stored, 10);
  await recent.start();
  for (let sequence = 21; sequence <= 25; sequence += 1) stored.announce(eventOf(sequence, `s${sequence}`));
  expect(stored.reads).toBe(1);
  for (let after = 15; after < 25; after += 1)
    expect(sequences(await recent.readAfter(BigInt(after), 3))).toEqual([after + 1, after + 2, after + 3].filter((each) => each <= 25));
  expect(stored.reads).toBe(1);
  expect(sequences(await recent.readAfter(14n, 3))).toEqual([15, 16, 17]);
  expect(sequences(await recent.readAfter(25n, 3))).toEqual([]);
  expect(stored.reads).toBe(3);
});

test('what storage had before it was announced is told once', async () => {
  const stored = new Stored();
  for (let sequence = 1; sequence <= 5; sequence += 1) stored.announce(eventOf(sequence, `s${sequence}`));
  stored.position = 2n; // another process wrote the rest, and this one has not heard of it yet
  const recent = new RecentEvents(stored, 10);
  await recent.start();
  for (const event of stored.events.splice(2)) stored.announce(event);
  stored.announce(eventOf(6, 's6'));
  expect(sequences(await recent.readAfter(1n, 10))).toEqual([2, 3, 4, 5, 6]);
});

test('what is announced while the first are read is there once', async () => {
  const stored = new Stored();
  stored.announce(eventOf(1, 'a'));
  const recent = new RecentEvents(stored, 10);
  const starting = recent.start();
  stored.announce(eventOf(2, 'b'));
  await starting;
  expect(sequences(await recent.readAfter(0n, 10))).toEqual([1, 2]);
});

test('signal and trade are as they are now, in earlier events too', async () => {
  const stored = new Stored();
  const recent = new RecentEvents(stored, 10);
  stored.announce(eventOf(1, 'a'));
  stored.announce(eventOf(2, 'a', 'OPEN'));
  stored.announce(eventOf(3, 'b', 'OPEN'));
  stored.announce(eventOf(4, 'a', 'CLOSED_TP'));
  const [received, opened, other] = await recent.readAfter(0n, 10);
  expect(received).toMatchObject({ kind: 'SignalReceived', trade: null, signal: { status: 'CLOSED_TP' } });
  expect(opened).toMatchObject({ kind: 'TradeOpened', trade: { status: 'CLOSED_TP' } });
  expect(other).toMatchObject({ trade: { status: 'OPEN' } });
});
