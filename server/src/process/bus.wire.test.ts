import pg from 'pg';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../testkit/database.ts';
import { hasRedis, TestRedis } from '../../testkit/redis.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { until } from '../../testkit/waiting.ts';
import { Bus } from './bus.ts';
import type { BusMessage, Transport } from './bus.ts';
import { PostgresTransport } from './postgres-transport.ts';
import { RedisTransport } from './redis-transport.ts';
import { systemClock } from './system-clock.ts';

const LIMITS = { probeIntervalMs: 200, retryMs: 20 };
const redis = hasRedis ? await TestRedis.start() : undefined;
afterAll(() => redis?.stop());
if (!redis) console.log('skipped: the bus over Redis, because redis-server is not there; get it with apt-get install redis-server');

/** Both ways of carrying messages, and how each loses its connections and gets them back. */
interface Kind {
  readonly name: string;
  readonly isThere: boolean;
  open(): Promise<{ transport(limits?: typeof LIMITS): Transport; cut(): Promise<void>; mend(): Promise<void> }>;
}
const KINDS: readonly Kind[] = [
  {
    name: 'PostgreSQL',
    isThere: true,
    open: async () => {
      const url = await freshDatabase();
      const cut = async (): Promise<void> => {
        const operator = new pg.Client({ connectionString: url });
        await operator.connect();
        await operator.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
        await operator.end();
      };
      const transport = (limits = LIMITS) => new PostgresTransport({ url, limits, clock: systemClock, log: silentLog });
      return { transport, cut, mend: () => Promise.resolve() };
    },
  },
  {
    name: 'Redis',
    isThere: redis !== undefined,
    open: () => {
      const channel = `test ${crypto.randomUUID()}`;
      const transport = (limits = LIMITS) => new RedisTransport({ url: redis!.url, channel, limits, log: silentLog });
      return Promise.resolve({ transport, cut: () => redis!.stop(), mend: () => redis!.start() });
    },
  },
];

const started: Bus[] = [];
afterEach(async () => {
  for (const bus of started.splice(0)) await bus.stop();
});

async function start(transport: Transport, sender: string) {
  const bus = new Bus(transport, sender, silentLog);
  const heard: BusMessage[] = [];
  let connections = 0;
  bus.onMessage((message) => heard.push(message));
  bus.onConnected(() => (connections += 1));
  started.push(bus);
  await bus.start();
  const connected = (times: number) => until(() => (connections >= times ? true : undefined), `${sender} connected ${times} times`);
  await connected(1);
  return { bus, heard, connected };
}

describe.each(KINDS.filter(({ isThere }) => isThere))('the bus over $name', ({ open }) => {
  test('stops at once, however long it would wait before it tries again', async () => {
    const { transport } = await open();
    const { bus } = await start(transport({ probeIntervalMs: 600_000, retryMs: 600_000 }), 'one');
    await bus.stop();
  });

  test('everyone else hears everything, in order, and nobody itself', async () => {
    const { transport } = await open();
    const [one, two, three] = [await start(transport(), 'one'), await start(transport(), 'two'), await start(transport(), 'three')];
    const questions = Array.from({ length: 100 }, (_, index) => ({
      kind: 'ASK' as const,
      question: { askId: `ask-${index}`, marketType: 'SPOT' as const, symbol: `币${index}` },
    }));
    for (const question of questions) one.bus.publish(question);
    two.bus.publish({ kind: 'GREW' });
    await until(() => (three.heard.length === 101 && two.heard.length === 100 ? true : undefined), 'all messages');
    expect(two.heard).toEqual(questions);
    expect(three.heard.filter(({ kind }) => kind === 'ASK')).toEqual(questions);
    await until(() => (one.heard.length === 1 ? true : undefined), 'the other’s message');
    expect(one.heard).toEqual([{ kind: 'GREW' }]);
  });

  test('a lost connection is made again, and says so (F24, F39)', async () => {
    const { transport, cut, mend } = await open();
    const [one, two] = [await start(transport(), 'one'), await start(transport(), 'two')];
    await cut();
    one.bus.publish({ kind: 'GREW' }); // it may be lost, and nothing throws
    await mend();
    await Promise.all([one.connected(2), two.connected(2)]);
    one.bus.publish({ kind: 'LISTENING', all: true });
    await until(() => (two.heard.some(({ kind }) => kind === 'LISTENING') ? true : undefined), 'a message after the cut');
  });
});

test('what is not a message of this version, or too long, disturbs nobody', async () => {
  let receive = (_: string): void => {};
  const sent: string[] = [];
  const bus = new Bus(
    { start: (given) => void (receive = given), send: (text) => void sent.push(text), stop: () => Promise.resolve() },
    'me',
    silentLog,
  );
  const heard: BusMessage[] = [];
  bus.onMessage((message) => heard.push(message));
  await bus.start();
  for (const text of [
    '',
    'null',
    '{"sender":"x"}',
    '{"sender":"x","message":{"kind":"NEW_KIND"}}',
    '{"sender":"x","message":{"kind":"LISTENING"}}',
  ])
    receive(text);
  expect(heard).toEqual([]);
  receive('{"sender":"x","message":{"kind":"GREW","more":1}}');
  expect(heard).toEqual([{ kind: 'GREW' }]);

  const url = await freshDatabase();
  const one = await start(new PostgresTransport({ url, limits: LIMITS, clock: systemClock, log: silentLog }), 'one');
  const two = await start(new PostgresTransport({ url, limits: LIMITS, clock: systemClock, log: silentLog }), 'two');
  one.bus.publish({ kind: 'ASK', question: { askId: null, marketType: 'SPOT', symbol: 'X'.repeat(9_000) } });
  one.bus.publish({ kind: 'GREW' });
  await until(() => (two.heard.length > 0 ? true : undefined), 'a message');
  expect(two.heard).toEqual([{ kind: 'GREW' }]);
});
