import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { nextTurn } from '../../testkit/turns.ts';
import { HeldSockets } from './held-sockets.ts';
import type { HeldSocket } from './held-sockets.ts';

class Socket extends EventEmitter implements HeldSocket {
  readyState = 1;
  closed: unknown[] = [];
  close(...args: unknown[]): void {
    this.closed.push(args);
    this.leave();
  }
  leave(): void {
    this.readyState = 3;
    this.emit('close');
  }
}

function stage(revoked: Set<string>) {
  const clock = new ManualClock();
  const asked: (readonly string[])[] = [];
  let broken = false;
  const sockets = new HeldSockets(
    (keys) => {
      asked.push([...keys]);
      return broken ? Promise.reject(new Error('down')) : Promise.resolve(keys.filter((key) => revoked.has(key)));
    },
    clock,
    silentLog,
    500,
  );
  const look = async (): Promise<void> => {
    clock.advance(500);
    await nextTurn();
  };
  return { clock, asked, sockets, look, breakDown: (is: boolean) => (broken = is) };
}

test('a revoked key ends its sockets and no others', async () => {
  const revoked = new Set<string>();
  const { sockets, look } = stage(revoked);
  const [one, same, other] = [new Socket(), new Socket(), new Socket()];
  sockets.hold('a', one);
  sockets.hold('a', same);
  sockets.hold('b', other);
  await look();
  expect(one.closed).toEqual([]);
  revoked.add('a');
  await look();
  expect([one, same, other].map(({ closed }) => closed)).toEqual([
    [[4403, 'the token was revoked']],
    [[4403, 'the token was revoked']],
    [],
  ]);
});

test('nobody asks while no such socket is open', async () => {
  const { sockets, clock, asked, look } = stage(new Set());
  expect(clock.waiting).toBe(0);
  const [socket, late] = [new Socket(), new Socket()];
  sockets.hold('a', socket);
  await look();
  socket.leave();
  expect(clock.waiting).toBe(0);
  late.leave();
  sockets.hold('a', late); // gone before it was held
  expect([clock.waiting, asked]).toEqual([0, [['a']]]);
});

test('a database that is away for a while is asked again', async () => {
  const revoked = new Set(['a']);
  const { sockets, look, breakDown } = stage(revoked);
  const socket = new Socket();
  sockets.hold('a', socket);
  breakDown(true);
  await look();
  expect(socket.closed).toEqual([]);
  breakDown(false);
  await look();
  expect(socket.closed).toHaveLength(1);
});

test('stopping ends the asking', async () => {
  const { sockets, clock } = stage(new Set());
  sockets.hold('a', new Socket());
  await sockets.stop();
  expect(clock.waiting).toBe(0);
});
