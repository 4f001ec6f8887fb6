import { expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { Message } from './message.ts';
import type { Frame } from './message.ts';
import { SocketWriters } from './socket-writers.ts';
import { Viewer } from './viewer.ts';
import type { StreamKind } from './viewer.ts';

const LIMITS = { stalledMs: 20_000, behindMs: 60_000, maxHeldBytes: 1_000, writeSliceMs: 20, eventSliceMs: 50 };

/** A connection that takes so many messages until it is drained. */
class Line {
  readonly written: string[] = [];
  readonly sheds: string[] = [];
  cuts = 0;
  writes = 0;
  room: number;
  state: 'open' | 'later' | 'closed' = 'open';
  costMs = 0;
  readonly #clock: ManualClock;
  #drained = (): void => {};

  constructor(clock: ManualClock, room: number) {
    this.#clock = clock;
    this.room = room;
  }

  get writableNeedDrain(): boolean {
    return this.room <= 0;
  }
  write(chunk: Buffer): boolean {
    this.#clock.advance(this.costMs);
    this.written.push(chunk.subarray(2).toString());
    this.room -= 1;
    return this.room > 0;
  }
  cork(): void {}
  uncork(): void {
    this.writes += 1;
  }
  on(_: 'drain', listener: () => void): void {
    this.#drained = listener;
  }
  drain(room: number): void {
    this.room = room;
    this.#drained();
  }
}

function setUp() {
  const clock = new ManualClock();
  const deferred: (() => void)[] = [];
  const writers = new SocketWriters(clock, (run) => deferred.push(run), LIMITS);
  void writers.start();
  /** Lets what was deferred run, once; gives how much there was. */
  const turn = (): number => deferred.splice(0).map((run) => run()).length;
  const settle = (): void => {
    while (turn() > 0);
  };
  const connect = (room = 100) => {
    const line = new Line(clock, room);
    const writer = writers.writer({
      stream: line,
      state: () => line.state,
      shed: (reason) => line.sheds.push(reason),
      cut: () => (line.cuts += 1),
    });
    const subscribe = (id: string, kind: StreamKind = 'events'): Viewer => {
      const nextFrame = (): Frame | undefined => viewer.take()?.frame(id);
      const written = { isUrgent: kind === 'events', nextFrame };
      const outlet = { open: () => undefined, wake: () => writer.wake(written), ended: () => {} };
      const viewer = new Viewer({ kind, capacity: 10, remove: () => {}, askForMissed: () => {} }, outlet);
      return viewer;
    };
    return { line, subscribe };
  };
  return { clock, turn, settle, connect };
}

const tell = (viewer: Viewer, ...sequences: number[]): void => {
  for (const sequence of sequences) viewer.tell(new Message(`{"n":${sequence}}`, BigInt(sequence)));
};
const frame = (id: string, n: number): string => `{"id":"${id}","type":"next","payload":{"n":${n}}}`;

test('what has come for a connection since the last time is written together, each operation in its order', () => {
  const { settle, connect } = setUp();
  const { line, subscribe } = connect();
  const [one, other] = [subscribe('a'), subscribe('b')];
  tell(one, 1, 2);
  tell(other, 1);
  tell(one, 3);
  expect(line.written).toEqual([]);
  settle();
  expect(line.written).toEqual([frame('a', 1), frame('a', 2), frame('a', 3), frame('b', 1)]);
  expect(line.writes).toBe(1);
});

test.for<[StreamKind, number[]]>([
  ['state', [20, 20, 20, 20, 20]],
  ['events', [50, 50]],
])('it lets go after each slice of time: %s', ([kind, expected]) => {
  const { turn, connect } = setUp();
  const lines = Array.from({ length: 100 }, () => connect());
  for (const { line, subscribe } of lines) {
    line.costMs = 1;
    tell(subscribe('a', kind), 1);
  }
  const turns: number[] = [];
  for (let written = 0; turn() > 0;) {
    const now = lines.filter(({ line }) => line.written.length > 0).length;
    turns.push(now - written);
    written = now;
  }
  expect(turns).toEqual(expected);
});

test('events overtake prices, on all connections', () => {
  const { turn, settle, connect } = setUp();
  const lines = Array.from({ length: 100 }, () => connect());
  const prices = lines.map(({ line, subscribe }) => {
    line.costMs = 1;
    return subscribe('p', 'state');
  });
  for (const viewer of prices) tell(viewer, 1);
  turn();
  expect(lines[32]!.line.written).toEqual([]);
  const { line, subscribe } = lines[99]!;
  tell(subscribe('e'), 2);
  turn();
  expect(line.written).toEqual([frame('p', 1), frame('e', 2)]);
  settle();
  for (const each of lines) expect(each.line.written[0]).toBe(frame('p', 1));
  expect(line.written).toHaveLength(2);
});

test('a connection that takes no more is not written to until it has drained; others go on', () => {
  const { settle, connect } = setUp();
  const [slow, quick] = [connect(1), connect()];
  const [slowViewer, quickViewer] = [slow.subscribe('a'), quick.subscribe('a')];
  for (const viewer of [slowViewer, quickViewer]) tell(viewer, 1, 2, 3);
  settle();
  expect(slow.line.written).toEqual([frame('a', 1)]);
  expect(quick.line.written).toHaveLength(3);
  slow.line.drain(100);
  settle();
  expect(slow.line.written).toEqual([frame('a', 1), frame('a', 2), frame('a', 3)]);
});

test('one that takes nothing is shed after `stalledMs`, one that takes little after `behindMs`; one that caught up is not', () => {
  const { clock, settle, connect } = setUp();
  const [stalled, dripping, recovered] = [connect(1), connect(1), connect(1)];
  const viewers = [stalled, dripping, recovered].map(({ subscribe }) => subscribe('a'));
  for (const viewer of viewers) tell(viewer, 1, 2, 3);
  settle();
  const shedAtS: Record<string, number> = {};
  for (let second = 1; second <= 90; second += 1) {
    clock.advance(1_000);
    if (second % 10 === 0) {
      tell(viewers[1]!, 10 + second);
      dripping.line.drain(1);
    }
    if (second === 5) recovered.line.drain(100);
    settle();
    if (stalled.line.sheds.length > 0) shedAtS['stalled'] ??= second;
    if (dripping.line.sheds.length > 0) shedAtS['dripping'] ??= second;
  }
  expect(shedAtS).toEqual({ stalled: 20, dripping: 60 });
  expect(stalled.line.sheds).toHaveLength(1);
  expect(recovered.line.sheds).toEqual([]);
});

test('where half-written messages take too much memory, who took nothing for longest is cut first; what many wait for counts once', () => {
  const { clock, settle, connect } = setUp();
  const large = (sequence: number) => new Message(JSON.stringify('x'.repeat(400)), BigInt(sequence));
  const hold = (message: Message) => {
    const { line, subscribe } = connect(1);
    subscribe('a').tell(message);
    settle();
    clock.advance(10);
    return line;
  };
  const [first, second] = [hold(large(1)), hold(large(2))];
  const shared = large(3);
  const crowd = Array.from({ length: 20 }, () => hold(shared));
  clock.advance(5_000); // a look
  expect([first, second, ...crowd].map(({ cuts }) => cuts)).toEqual([1, ...Array<number>(21).fill(0)]);
  clock.advance(5_000);
  expect(second.cuts).toBe(0);
  const third = hold(large(4));
  clock.advance(5_000);
  expect([second.cuts, third.cuts, ...crowd.map(({ cuts }) => cuts)]).toEqual([1, ...Array<number>(21).fill(0)]);
  expect([first, second].flatMap(({ sheds }) => sheds)).toEqual([]); // the news could not reach them
});

test('one that is closing is not written to', () => {
  const { settle, connect } = setUp();
  const { line, subscribe } = connect();
  tell(subscribe('a'), 1);
  line.state = 'closed';
  settle();
  expect(line.written).toEqual([]);
});

test('one that is about to open is tried again in the next turn', () => {
  const { turn, connect } = setUp();
  const { line, subscribe } = connect();
  line.state = 'later';
  tell(subscribe('a'), 1);
  turn();
  turn();
  expect(line.written).toEqual([]);
  line.state = 'open';
  turn();
  expect(line.written).toEqual([frame('a', 1)]);
  expect(turn()).toBe(0);
});
