import { beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { until } from '../../testkit/waiting.ts';

// The rules of https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md, as a client without a library sees them.

let product: Product;
let token: string;
beforeAll(async () => {
  product = await startProduct({ env: { SOCKETS_INIT_TIMEOUT_MS: '1000', SOCKETS_MAX_SUBSCRIPTIONS_PER_SOCKET: '3' } });
  token = await product.bot('Protocol');
  await product.symbolsKnown(token);
});

interface Told {
  readonly id?: string;
  readonly type: string;
  readonly payload?: unknown;
}

class Client {
  readonly told: Told[] = [];
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;

  constructor(protocol = 'graphql-transport-ws') {
    this.#socket = new WebSocket(product.graphqlUrl.replace('http', 'ws'), protocol);
    this.#socket.on('message', (data) => this.told.push(JSON.parse(String(data)) as Told));
    this.#socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.#socket.once('close', resolve));
  }

  static async acknowledged(): Promise<Client> {
    const client = await new Client().open();
    client.say({ type: 'connection_init' });
    await client.hears((told) => told.type === 'connection_ack');
    return client;
  }

  async open(): Promise<this> {
    await new Promise((resolve) => this.#socket.once('open', resolve));
    return this;
  }

  say(message: object | string): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query = 'subscription { events { sequence } }'): void {
    this.say({ id, type: 'subscribe', payload: { query } });
  }

  hears(what: (told: Told) => boolean): Promise<Told> {
    return until(() => this.told.find(what), 'what the server says');
  }

  end(): void {
    this.#socket.terminate();
  }
}

const happen = (): Promise<unknown> =>
  product.createSignal(token, {
    symbol: 'BTCUSDT',
    direction: 'LONG',
    entryPrice: '2',
    takeProfit: '3',
    stopLoss: '1',
    status: 'PENDING',
  });

test.each<[what: string, say: (client: Client) => void, code: number]>([
  ['what is no JSON', (client) => client.say('{'), 4400],
  ['a message of no known type', (client) => client.say({ type: 'start' }), 4400],
  ['a message that only servers send', (client) => client.say({ type: 'connection_ack' }), 4400],
  ['a subscription without a query', (client) => client.say({ id: '1', type: 'subscribe', payload: {} }), 4400],
  ['a second connection_init', (client) => client.say({ type: 'connection_init' }), 4429],
  ['the same id twice', (client) => ['1', '1'].forEach((id) => client.subscribe(id)), 4409],
])('%s closes the connection with its code', async (_, say, code) => {
  const client = await Client.acknowledged();
  say(client);
  expect(await client.closed).toBe(code);
});

test('who subscribes before being acknowledged, says nothing for too long or speaks another protocol is closed', async () => {
  const hasty = await new Client().open();
  hasty.subscribe('1');
  expect(await hasty.closed).toBe(4401);
  expect(await (await new Client().open()).closed).toBe(4408);
  expect(await new Client('graphql-ws').closed).not.toBe(1000);
});

test('who was acknowledged may be silent for longer than that', async () => {
  const client = await Client.acknowledged();
  expect(await (await new Client().open()).closed).toBe(4408);
  client.say({ type: 'ping', payload: { mine: 1 } });
  expect(await client.hears(({ type }) => type === 'pong')).toEqual({ type: 'pong', payload: { mine: 1 } });
  client.say({ type: 'pong' });
  client.end();
});

test('an id that has completed is free again, and what has completed is told nothing', async () => {
  const client = await Client.acknowledged();
  client.subscribe('1');
  client.say({ id: '1', type: 'complete' });
  client.subscribe('1', 'subscription { performanceUpdated { totalSignals } }');
  client.subscribe('2');
  await until(async () => {
    await happen();
    return ['1', '2'].every((wanted) => client.told.some(({ id }) => id === wanted)) ? true : undefined;
  }, 'an event, which overtakes a state, and a state');
  const ofFirst = client.told.filter(({ id }) => id === '1');
  for (const { payload } of ofFirst) expect(payload).toHaveProperty('data.performanceUpdated');
  client.end();
});

test('a subscription that cannot be shared tells the same, and ends when it is asked to', async () => {
  const client = await Client.acknowledged();
  client.subscribe('shared');
  client.subscribe('alone', 'subscription { ...Root } fragment Root on Subscription { events { sequence } }');
  await until(async () => {
    await happen();
    return ['shared', 'alone'].every((wanted) => client.told.some(({ id }) => id === wanted)) ? true : undefined;
  }, 'both');
  const sequenceOf = ({ payload }: Told): string => (payload as { data: { events: { sequence: string } } }).data.events.sequence;
  client.say({ id: 'alone', type: 'complete' });
  client.say({ type: 'ping' });
  await client.hears(({ type }) => type === 'pong'); // whatever was said before has been read
  const before = client.told.filter(({ id }) => id === 'alone').length;
  await happen();
  const last = String(await product.head());
  await client.hears((told) => told.id === 'shared' && sequenceOf(told) === last);
  expect(client.told.filter(({ id }) => id === 'alone')).toHaveLength(before);
  client.end();
});

test('a refusal ends that subscription and frees its id; the others and the connection go on', async () => {
  const client = await Client.acknowledged();
  for (const query of [
    '{ bots { id } }',
    'subscription { nothing }',
    'subscription {',
    'subscription { events(after: "x") { sequence } }',
  ]) {
    client.told.length = 0;
    client.subscribe('1', query);
    const { type, payload } = await client.hears(({ id }) => id === '1');
    expect([type, payload]).toMatchObject(['error', [{ extensions: { code: expect.any(String) as string } }]]);
  }
  for (const id of ['1', '2', '3', '4']) client.subscribe(id);
  const { payload } = await client.hears(({ id }) => id === '4');
  expect(payload).toMatchObject([{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }]);
  client.end();
});
