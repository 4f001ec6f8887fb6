import { describe, expect, test } from 'vitest';
import { stateOf } from '../../testkit/turns.ts';
import { MailboxOverflow } from './mailbox.ts';
import { Message } from './message.ts';
import { Viewer } from './viewer.ts';
import type { Outlet, StreamKind } from './viewer.ts';

const END = { value: undefined, done: true };
const message = (sequence: number | string) =>
  typeof sequence === 'number' ? new Message(String(sequence), BigInt(sequence)) : new Message(sequence, undefined);

function viewerOf(kind: StreamKind, outlet?: Outlet) {
  const counts = { closed: 0, asked: 0 };
  const viewer = new Viewer({
    kind,
    capacity: 4,
    outlet,
    onClose: () => (counts.closed += 1),
    askForMissed: () => (counts.asked += 1),
  });
  return { viewer, counts };
}

const jsonOf = async (viewer: Viewer) => ((await viewer.next()).value as Message | undefined)?.json;

describe('events', () => {
  test('each is told once and in order; those up to where it begins are no news', async () => {
    const { viewer } = viewerOf('events');
    viewer.beginAfter(2n);
    for (const sequence of [1, 2, 3, 4]) viewer.tell(message(sequence));
    expect([await jsonOf(viewer), await jsonOf(viewer)]).toEqual(['3', '4']);
    const waiting = viewer.next();
    viewer.tell(message(5));
    expect(await waiting).toMatchObject({ value: { json: '5' } });
  });

  test('more than it may hold ends it with the reason, empties it and lets go of the stream', async () => {
    const { viewer, counts } = viewerOf('events');
    for (const sequence of [1, 2, 3, 4, 5, 6]) viewer.tell(message(sequence));
    expect(counts.closed).toBe(1);
    await expect(viewer.next()).rejects.toThrow(MailboxOverflow);
    expect(await viewer.next()).toEqual(END);
  });

  test('there is room while half of its places are free, and for whoever waits when it is closed', async () => {
    const { viewer } = viewerOf('events');
    viewer.tell(message(1));
    expect(await stateOf(viewer.room())).toBe('resolved');
    viewer.tell(message(2));
    const room = viewer.room();
    expect(await stateOf(room)).toBe('pending');
    await viewer.next();
    expect(await stateOf(room)).toBe('resolved');
    viewer.tell(message(3));
    const another = viewer.room();
    await viewer.return();
    expect(await stateOf(another)).toBe('resolved');
  });
});

test('of a state only the newest is told', async () => {
  const { viewer } = viewerOf('state');
  for (const json of ['a', 'b', 'c']) viewer.tell(message(json));
  expect(await jsonOf(viewer)).toBe('c');
  expect(await stateOf(viewer.next())).toBe('pending');
});

test('of moves that came while one waits, one message stands for all, asked for when it can be taken', async () => {
  const { viewer, counts } = viewerOf('moves');
  viewer.tell(message('a'));
  expect(await jsonOf(viewer)).toBe('a');
  for (const json of ['b', 'c', 'd']) viewer.tell(message(json));
  expect(counts.asked).toBe(0);
  const next = viewer.next();
  expect(counts.asked).toBe(1);
  viewer.catchUp(message('all'));
  expect(await next).toMatchObject({ value: { json: 'all' } });
  viewer.tell(message('e'));
  expect(await jsonOf(viewer)).toBe('e');
});

describe('the end', () => {
  test('comes after what waits, with its reason', async () => {
    const { viewer, counts } = viewerOf('events');
    viewer.tell(message(1));
    viewer.end(new Error('the stream broke'));
    viewer.tell(message(2));
    expect(await jsonOf(viewer)).toBe('1');
    await expect(viewer.next()).rejects.toThrow('the stream broke');
    expect(await viewer.next()).toEqual(END);
    expect(counts.closed).toBe(1);
  });

  test('by the viewer itself frees who waits at once', async () => {
    const { viewer, counts } = viewerOf('events');
    const waiting = viewer.next();
    await viewer.return();
    expect(await waiting).toEqual(END);
    expect(counts.closed).toBe(1);
    await viewer.return();
    expect(counts.closed).toBe(1);
  });
});

test('with an outlet, that takes the messages, and `next` only tells of the end, after them', async () => {
  const woken: Viewer[] = [];
  const { viewer } = viewerOf('events', { wake: (each) => woken.push(each) });
  const end = viewer.next();
  viewer.tell(message(1));
  viewer.end();
  expect(woken).toEqual([viewer]);
  expect(await stateOf(end)).toBe('pending');
  expect(viewer.take()?.json).toBe('1');
  expect(await end).toEqual(END);
  expect(viewer.take()).toBeUndefined();
});
