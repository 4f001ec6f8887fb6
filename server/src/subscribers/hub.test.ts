import { expect, test } from 'vitest';
import { deferred, nextTurn } from '../../testkit/turns.ts';
import { Hub, Hubs } from './hub.ts';
import { Mailbox } from './mailbox.ts';
import { Message } from './message.ts';
import { MessageReader } from './message-reader.ts';
import { Viewer } from './viewer.ts';

function source() {
  const counts = { started: 0, ended: 0, firsts: 0 };
  const stream = new Mailbox<Message>(100, () => (counts.ended += 1));
  return {
    counts,
    stream,
    kind: 'events' as const,
    capacity: 10,
    start: () => ((counts.started += 1), Promise.resolve(stream)),
    first: () => ((counts.firsts += 1), Promise.resolve(new Message('first', undefined))),
  };
}

function readerOn(hub: Hub): MessageReader {
  const reader = new MessageReader();
  const viewer = new Viewer(hub, reader);
  reader.open(viewer);
  hub.add(viewer);
  return reader;
}

test('those who come at the same time find one hub, before anything was waited for', async () => {
  const hubs = new Hubs();
  const from = source();
  const [one, other] = [hubs.get('key', from), hubs.get('key', from)];
  expect(one).toBe(other);
  await one.ready;
  expect(from.counts.started).toBe(1);
  expect(hubs.get('another', source())).not.toBe(one);
});

test('one stream is told to all, as the very same message; it ends with the last of them', async () => {
  const hubs = new Hubs();
  const from = source();
  const hub = hubs.get('key', from);
  const readers = [readerOn(hub), readerOn(hub), readerOn(hub)];
  await hub.ready;
  const message = new Message('1', 1n);
  from.stream.push(message);
  for (const reader of readers) expect((await reader.next()).value).toBe(message);
  await readers[0]!.return();
  await readers[1]!.return();
  expect(from.counts.ended).toBe(0);
  await readers[2]!.return();
  expect(from.counts.ended).toBe(1);
  expect(hubs.size).toBe(0);
});

test('who holds it keeps it alive until they have joined', async () => {
  const from = source();
  const hub = new Hubs().get('key', from);
  const release = hub.hold();
  await readerOn(hub).return();
  expect(from.counts.ended).toBe(0);
  await hub.ready;
  release();
  release();
  expect(from.counts.ended).toBe(1);
});

test('a stream that is only ready when nobody is there any more is let go', async () => {
  const from = source();
  const starting = deferred<Mailbox<Message>>();
  const hub = new Hub({ ...from, start: () => starting.promise }, () => {});
  hub.hold()();
  starting.resolve(from.stream);
  await hub.ready;
  expect(from.counts.ended).toBe(1);
});

test('a refusal reaches everyone who waits, and the next one tries again', async () => {
  const hubs = new Hubs();
  const refused = { ...source(), start: () => Promise.reject(new Error('no')) };
  const hub = hubs.get('key', refused);
  await expect(Promise.all([hub.ready, hubs.get('key', refused).ready])).rejects.toThrow('no');
  await nextTurn();
  expect(hubs.get('key', source())).not.toBe(hub);
});

test('a stream that fails ends all its viewers with the reason', async () => {
  const from = source();
  const hub = new Hubs().get('key', from);
  const readers = [readerOn(hub), readerOn(hub)];
  await hub.ready;
  from.stream.fail(new Error('broken'));
  for (const reader of readers) await expect(reader.next()).rejects.toThrow('broken');
});

test('the present value is read once for all who ask before the next message', async () => {
  const from = source();
  const hub = new Hubs().get('key', from);
  const viewers = [1, 2].map(() => new Viewer(hub, { open: () => undefined, wake: () => {}, ended: () => {} }));
  for (const viewer of viewers) hub.add(viewer);
  await hub.ready;
  for (const viewer of viewers) hub.askForMissed(viewer);
  await nextTurn();
  expect(viewers.map((viewer) => viewer.take()?.json)).toEqual(['first', 'first']);
  expect(from.counts.firsts).toBe(1);
  from.stream.push(new Message('1', undefined));
  await nextTurn();
  hub.askForMissed(viewers[0]!);
  expect(from.counts.firsts).toBe(2);
});
