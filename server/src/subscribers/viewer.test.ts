import { describe, expect, test } from 'vitest';
import { stateOf } from '../../testkit/turns.ts';
import { MailboxOverflow } from './mailbox.ts';
import { Message } from './message.ts';
import { MessageReader } from './message-reader.ts';
import { Viewer } from './viewer.ts';
import type { StreamKind } from './viewer.ts';

const END = { value: undefined, done: true };
const message = (sequence: number | string) =>
  typeof sequence === 'number' ? new Message(String(sequence), BigInt(sequence)) : new Message(sequence, undefined);

function viewerOf(kind: StreamKind) {
  const counts = { closed: 0, asked: 0 };
  const stream = { kind, capacity: 4, remove: () => (counts.closed += 1), askForMissed: () => (counts.asked += 1) };
  const reader = new MessageReader();
  const viewer = new Viewer(stream, reader);
  reader.open(viewer);
  return { viewer, reader, counts };
}

const jsonOf = async (reader: MessageReader) => ((await reader.next()).value as Message | undefined)?.json;

describe('events', () => {
  test('each is told once and in order; those up to where it begins are no news', async () => {
    const { viewer, reader } = viewerOf('events');
    viewer.beginAfter(2n);
    for (const sequence of [1, 2, 3, 4]) viewer.tell(message(sequence));
    expect([await jsonOf(reader), await jsonOf(reader)]).toEqual(['3', '4']);
    const waiting = reader.next();
    viewer.tell(message(5));
    expect(await waiting).toMatchObject({ value: { json: '5' } });
  });

  test('more than it may hold ends it with the reason, empties it and lets go of the stream', async () => {
    const { viewer, reader, counts } = viewerOf('events');
    for (const sequence of [1, 2, 3, 4, 5, 6]) viewer.tell(message(sequence));
    expect(counts.closed).toBe(1);
    await expect(reader.next()).rejects.toThrow(MailboxOverflow);
    expect(await reader.next()).toEqual(END);
  });

  test('there is room while half of its places are free, and for whoever waits when it is closed', async () => {
    const { viewer, reader } = viewerOf('events');
    viewer.tell(message(1));
    expect(await stateOf(viewer.room())).toBe('resolved');
    viewer.tell(message(2));
    const room = viewer.room();
    expect(await stateOf(room)).toBe('pending');
    await reader.next();
    expect(await stateOf(room)).toBe('resolved');
    viewer.tell(message(3));
    const another = viewer.room();
    await reader.return();
    expect(await stateOf(another)).toBe('resolved');
  });
});

test('of a state only the newest is told', async () => {
  const { viewer, reader } = viewerOf('state');
  for (const json of ['a', 'b', 'c']) viewer.tell(message(json));
  expect(await jsonOf(reader)).toBe('c');
  expect(await stateOf(reader.next())).toBe('pending');
});

test('of moves that came while one waits, one message stands for all, asked for when it can be taken', async () => {
  const { viewer, reader, counts } = viewerOf('moves');
  viewer.tell(message('a'));
  expect(await jsonOf(reader)).toBe('a');
  for (const json of ['b', 'c', 'd']) viewer.tell(message(json));
  expect(counts.asked).toBe(0);
  const next = reader.next();
  expect(counts.asked).toBe(1);
  viewer.catchUp(message('all'));
  expect(await next).toMatchObject({ value: { json: 'all' } });
  viewer.tell(message('e'));
  expect(await jsonOf(reader)).toBe('e');
});

describe('the end', () => {
  test('comes after what waits, with its reason', async () => {
    const { viewer, reader, counts } = viewerOf('events');
    viewer.tell(message(1));
    viewer.end(new Error('the stream broke'));
    viewer.tell(message(2));
    expect(await jsonOf(reader)).toBe('1');
    await expect(reader.next()).rejects.toThrow('the stream broke');
    expect(await reader.next()).toEqual(END);
    expect(counts.closed).toBe(1);
  });

  test('by the viewer itself frees who waits at once', async () => {
    const { reader, counts } = viewerOf('events');
    const waiting = reader.next();
    await reader.return();
    expect(await waiting).toEqual(END);
    expect(counts.closed).toBe(1);
    await reader.return();
    expect(counts.closed).toBe(1);
  });
});

test('an outlet is told that something waits, and of the end once it finds nothing more', () => {
  const told: unknown[] = [];
  const stream = { kind: 'events' as const, capacity: 4, remove: () => {}, askForMissed: () => {} };
  const outlet = { open: () => undefined, wake: () => told.push('wake'), ended: (failure?: Error) => told.push(failure?.message) };
  const viewer = new Viewer(stream, outlet);
  viewer.tell(message(1));
  viewer.end(new Error('over'));
  expect(told).toEqual(['wake']);
  expect(viewer.take()?.json).toBe('1');
  expect(told).toEqual(['wake']);
  expect(viewer.take()).toBeUndefined();
  expect(viewer.take()).toBeUndefined();
  expect(told).toEqual(['wake', 'over']);
});

test('who leaves is told nothing more, not even of the end', () => {
  const told: unknown[] = [];
  const stream = { kind: 'events' as const, capacity: 4, remove: () => told.push('removed'), askForMissed: () => {} };
  const viewer = new Viewer(stream, { open: () => undefined, wake: () => told.push('wake'), ended: () => told.push('ended') });
  viewer.leave();
  viewer.tell(message(1));
  viewer.end();
  viewer.leave();
  expect(viewer.take()).toBeUndefined();
  expect(told).toEqual(['removed']);
});
