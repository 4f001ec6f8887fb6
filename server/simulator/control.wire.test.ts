import { afterEach, describe, expect, test } from 'vitest';
import { startExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { ExchangeOptions } from './exchange-options.ts';
import { TestClient } from './test-client.ts';

let exchange: Exchange | undefined;
const clients: TestClient[] = [];

async function connect(options: ExchangeOptions = {}, path = 'spot', clientOptions: { autoPong?: boolean } = {}): Promise<TestClient> {
  exchange ??= await startExchange(options);
  const client = await TestClient.open(path === 'spot' ? `${exchange.spotWs}/ws` : `${exchange.futuresWs}${path}`, clientOptions);
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await exchange?.stop();
  exchange = undefined;
});

/** Many names of the right shape, none of which exists. */
const names = (count: number, length = 9) => Array.from({ length: count }, (_, i) => `${String(i).padStart(length, 'x')}@aggTrade`);

describe('requests', () => {
  test('SUBSCRIBE, LIST_SUBSCRIPTIONS, UNSUBSCRIBE', async () => {
    const client = await connect();
    expect(await client.ask({ method: 'SUBSCRIBE', params: ['btcusdt@aggTrade', 'ethusdt@aggTrade'], id: 1 })).toEqual({
      result: null,
      id: 1,
    });
    expect(await client.ask({ method: 'UNSUBSCRIBE', params: ['btcusdt@aggTrade'], id: 2 })).toEqual({ result: null, id: 2 });
    expect(await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 3 })).toEqual({ result: ['ethusdt@aggTrade'], id: 3 });
    exchange!.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '1' });
    exchange!.tick({ marketType: 'SPOT', symbol: 'ETHUSDT', price: '2' });
    expect((await client.message((message) => message.e)).s).toBe('ETHUSDT');
  });

  test('the property combined is false on /ws and can be changed', async () => {
    const client = await connect();
    expect(await client.ask({ method: 'GET_PROPERTY', params: ['combined'], id: 1 })).toEqual({ result: false, id: 1 });
    expect(await client.ask({ method: 'SET_PROPERTY', params: ['combined', true], id: 2 })).toEqual({ result: null, id: 2 });
    expect(await client.ask({ method: 'GET_PROPERTY', params: ['combined'], id: 3 })).toEqual({ result: true, id: 3 });
  });

  test('on spot an id may be a string or null; on futures the stand-in takes unsigned integers only', async () => {
    const spot = await connect();
    expect(await spot.ask({ method: 'LIST_SUBSCRIPTIONS', id: 'abc9' })).toEqual({ result: [], id: 'abc9' });
    expect(await spot.ask({ method: 'LIST_SUBSCRIPTIONS', id: null })).toEqual({ result: [], id: null });
    const futures = await connect({}, '/market/ws');
    futures.send({ method: 'LIST_SUBSCRIPTIONS', id: 'abc9' });
    expect(await futures.message((message) => message.error)).toEqual({
      error: { code: 2, msg: 'Invalid request: request ID must be an unsigned integer' },
    });
  });
});

describe('errors', () => {
  const cases: readonly [text: string, code: number, msg: RegExp, id: number | undefined][] = [
    ['{"method":"SET_PROPERTY","params":["colour",true],"id":1}', 0, /^Unknown property/, 1],
    ['{"method":"SET_PROPERTY","params":["combined",1],"id":1}', 1, /^Invalid value type: expected Boolean/, 1],
    ['{"method":"SET_PROPERTY","params":[true],"id":1}', 2, /property name must be a string/, 1],
    ['{"method":"LIST_SUBSCRIPTIONS","params":["x"],"id":1}', 2, /too many parameters/, 1],
    ['{"method":"DANCE","id":1}', 2, /^Invalid request: unknown variant `DANCE`, expected one of `SUBSCRIBE`/, 1],
    ['{"id":1}', 2, /^Invalid request: missing field `method`/, 1],
    ['{"method":"LIST_SUBSCRIPTIONS","id":1.5}', 2, /request ID must be an unsigned integer/, undefined],
    ['{"method":"SUBSCRIBE","params":["btcusdt"],"id":1}', 2, /^Invalid request: invalid stream/, 1],
    ['{"method":"SUBSCRIBE","params":["btcusdt@aggTrades"],"id":1}', 2, /^Invalid request: invalid stream/, 1],
    ['hello', 3, /^Invalid JSON: expected value at line 1 column 1/, undefined],
  ];
  test.each(cases)('%s', async (text, code, msg, id) => {
    const client = await connect();
    client.send(text);
    const reply = await client.message(() => true);
    expect(reply).toEqual({ error: { code, msg: expect.stringMatching(msg) }, ...(id === undefined ? {} : { id }) });
  });

  test('flat behind a switch', async () => {
    const client = await connect({ limits: { SPOT: { flatErrors: true } } });
    client.send('hello');
    expect(await client.message(() => true)).toEqual({ code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' });
  });
});

describe('limits', () => {
  test('a SUBSCRIBE of more than 4,088 bytes has no reply and no effect', async () => {
    const client = await connect();
    const message = (count: number, id: number) => JSON.stringify({ method: 'SUBSCRIBE', params: names(count), id });
    const fitting = Math.floor((4_088 - message(0, 1).length + 1) / 21);
    expect(message(fitting, 1).length).toBeLessThanOrEqual(4_088);
    client.send(message(fitting + 1, 1));
    expect(await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 2 })).toEqual({ result: [], id: 2 });
    expect(client.messages).toHaveLength(1);
    expect(await client.ask(JSON.parse(message(fitting, 3)))).toEqual({ result: null, id: 3 });
  });

  test.each([
    ['spot', 5],
    ['/market/ws', 10],
  ] as const)('%s: %i messages a second, pings, pongs and texts together; one more closes with 1008', async (path, allowed) => {
    const kept = await connect({}, path);
    for (let i = 1; i <= allowed; i++) kept.send({ method: 'LIST_SUBSCRIPTIONS', id: i });
    await kept.until(() => kept.messages.length === allowed, 'every reply');

    const tooMany = await connect({}, path);
    tooMany.socket.ping();
    tooMany.socket.pong();
    for (let i = 2; i <= allowed; i++) tooMany.send({ method: 'LIST_SUBSCRIPTIONS', id: i });
    expect(await tooMany.whenClosed()).toBe(1008);
    expect(tooMany.closeReason).toBe('Too many requests');
    expect(tooMany.messages).toHaveLength(allowed - 2);
    expect(kept.closed).toBeUndefined();
  });

  test('more than 1,024 streams end the connection', async () => {
    const client = await connect({ limits: { SPOT: { maxControlBytes: Infinity } } });
    await client.subscribe(...names(1_024));
    expect(exchange!.streams('SPOT')).toHaveLength(1_024);
    client.send({ method: 'SUBSCRIBE', params: ['btcusdt@aggTrade'], id: 9 });
    expect(await client.whenClosed()).toBe(1008);
  });

  test('pings carry a payload; who sends it back stays connected, who sends nothing or something else is dropped', async () => {
    const limits = { SPOT: { pingIntervalMs: 50, pongTimeoutMs: 150, messagesPerSecond: Infinity } };
    const faithful = await connect({ limits });
    const dumb = await connect({}, 'spot', { autoPong: false });
    const wrong = await connect({}, 'spot', { autoPong: false });
    wrong.socket.on('ping', () => wrong.socket.pong('something else'));
    await faithful.until(() => faithful.pings.length >= 5, 'five pings');
    expect(faithful.pings.every((payload) => payload.length > 0)).toBe(true);
    expect(await dumb.whenClosed()).toBe(1008);
    expect(await wrong.whenClosed()).toBe(1008);
    expect(faithful.closed).toBeUndefined();
  });

  test('a connection ends when its life is over', async () => {
    const client = await connect({ limits: { SPOT: { lifeMs: 100, lifeEndCode: 1001 } } });
    expect(await client.whenClosed()).toBe(1001);
  });
});
