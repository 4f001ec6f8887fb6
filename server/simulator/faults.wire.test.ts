import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../testkit/manual-clock.ts';
import { answerControl } from './control-endpoint.ts';
import { CORRUPTION_NAMES } from './corruptions.ts';
import { startExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { TestClient, get } from './test-client.ts';

const HOUR_MS = 3_600_000;
const clock = new ManualClock();
let exchange: Exchange;
const clients: TestClient[] = [];
const connect = async (marketType: 'SPOT' | 'FUTURES' = 'SPOT') => {
  const base = marketType === 'SPOT' ? exchange.spotWs : `${exchange.futuresWs}/market`;
  const client = await TestClient.open(`${base}/stream?streams=btcusdt@aggTrade`);
  clients.push(client);
  return client;
};
const tick = (price: string, rest: { marketType?: 'SPOT' | 'FUTURES'; broadcast?: boolean; timeMs?: number } = {}) =>
  exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price, ...rest });
const aggTrades = async (query: string, marketType: 'SPOT' | 'FUTURES' = 'SPOT') =>
  get(
    marketType === 'SPOT'
      ? `${exchange.spotRest}/api/v3/aggTrades?symbol=BTCUSDT${query}`
      : `${exchange.futuresRest}/fapi/v1/aggTrades?symbol=BTCUSDT${query}`,
  );
const received = async (client: TestClient, count: number) => {
  await client.until(() => client.messages.length >= count, `${count} messages`);
  return client.messages.map((message) => message.data.a as number);
};

beforeEach(async () => {
  exchange = await startExchange({ clock, otherRequests: answerControl, firstAggId: 1 });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await exchange.stop();
});

describe('streams', () => {
  test('delayed: nothing before its time, everything after', async () => {
    const client = await connect();
    exchange.faults.shapeStreams('SPOT', { delayMs: 500 });
    tick('1');
    clock.advance(499);
    exchange.sendText('SPOT', '{"stream":"-","data":{"a":-1}}');
    expect(await received(client, 1)).toEqual([-1]);
    clock.advance(1);
    expect(await received(client, 2)).toEqual([-1, 1]);
  });

  test('duplicates, all or none', async () => {
    const client = await connect();
    exchange.faults.shapeStreams('SPOT', { duplicates: 1 });
    tick('1');
    exchange.faults.shapeStreams('SPOT', {});
    tick('2');
    expect(await received(client, 3)).toEqual([1, 1, 2]);
  });

  test('a window in disorder holds all its events, each once', async () => {
    const client = await connect();
    exchange.faults.shapeStreams('SPOT', { shuffleWindow: 20 }, 7);
    for (let count = 0; count < 20; count += 1) tick('1');
    const ids = await received(client, 20);
    const inOrder = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(ids).not.toEqual(inOrder);
    expect(ids.toSorted((one, other) => one - other)).toEqual(inOrder);
    tick('1');
    clock.advance(100);
    expect((await received(client, 21)).at(-1)).toBe(21);
  });

  test('the same last message repeated; a replay of minutes ago', async () => {
    const client = await connect();
    tick('1');
    exchange.faults.freezeStream('SPOT', 'BTCUSDT', true);
    tick('2');
    tick('3');
    exchange.faults.freezeStream('SPOT', 'BTCUSDT', false);
    expect(exchange.faults.replayTape('SPOT', 'BTCUSDT', 1, 2)).toBe(2);
    expect(await received(client, 5)).toEqual([1, 1, 1, 1, 2]);
  });

  test('every corrupt frame is sent, and none of them is a trade of the tape', async () => {
    const client = await connect();
    client.socket.removeAllListeners('message');
    let count = 0;
    client.socket.on('message', () => (count += 1));
    for (const name of CORRUPTION_NAMES) exchange.faults.corrupt('SPOT', 'BTCUSDT', name, '1');
    await expect.poll(() => count).toBe(CORRUPTION_NAMES.length);
    expect(exchange.lastTrade('SPOT', 'BTCUSDT')).toBeUndefined();
  });

  test('a burst', async () => {
    const client = await connect();
    exchange.faults.burst('SPOT', 'BTCUSDT', 300, (index) => String(index + 1));
    expect(await received(client, 300)).toHaveLength(300);
  });
});

describe('connections', () => {
  test('a TCP reset', async () => {
    const client = await connect();
    expect(exchange.faults.resetConnections('SPOT')).toBe(1);
    expect(await client.whenClosed()).toBe(1006);
  });

  test('an HTTP answer instead of a websocket', async () => {
    exchange.faults.refuseUpgrades('SPOT', { status: 503, retryAfterSeconds: 3 });
    await expect(connect()).rejects.toThrow('503');
    exchange.faults.refuseUpgrades('SPOT', null);
    await connect();
  });

  test('a closed port, opened again', async () => {
    await exchange.faults.closePort('SPOT');
    await expect(connect()).rejects.toThrow('ECONNREFUSED');
    await exchange.faults.openPort('SPOT');
    await connect();
  });

  test('serverShutdown with zero lead, and later', async () => {
    const first = await connect();
    exchange.announceShutdown({ closeAfterMs: 0 });
    expect(await first.whenClosed()).toBe(1001);
    expect(first.messages).toMatchObject([{ stream: '!serverShutdown' }]);
    const second = await connect();
    exchange.announceShutdown({ closeAfterMs: 60_000, code: 1008 });
    await second.message((message) => message.stream === '!serverShutdown');
    expect(second.closed).toBeUndefined();
    clock.advance(60_000);
    expect(await second.whenClosed()).toBe(1008);
  });
});

describe('REST', () => {
  test('the tape ends some hours ago, with nothing or with an error beyond', async () => {
    const nowMs = clock.now().getTime();
    for (const hours of [30, 25, 23, 1]) tick(String(hours), { marketType: 'FUTURES', timeMs: nowMs - hours * HOUR_MS });
    const ask = (query: string) => aggTrades(query, 'FUTURES');
    const ids = async (query: string) => (await ask(query)).body.map(({ a }: { a: number }) => a);
    expect(await ids('&fromId=1')).toEqual([1, 2, 3, 4]);
    exchange.faults.setTapeHorizon('FUTURES', { reachMs: 24 * HOUR_MS, beyond: 'EMPTY' });
    expect(await ids('&fromId=1')).toEqual([]);
    expect(await ids('&fromId=3')).toEqual([3, 4]);
    expect(await ids('')).toEqual([3, 4]);
    const window = `&startTime=${nowMs - 30 * HOUR_MS}&endTime=${nowMs - 30 * HOUR_MS + 1}`;
    expect(await ids(window)).toEqual([]);
    exchange.faults.setTapeHorizon('FUTURES', { reachMs: 24 * HOUR_MS, beyond: 'ERROR' });
    expect((await ask('&fromId=1')).status).toBe(400);
    expect((await ask(window)).status).toBe(400);
    expect(await ids('&fromId=3')).toEqual([3, 4]);
    const { body } = await get(
      `${exchange.futuresRest}/fapi/v1/klines?symbol=BTCUSDT&interval=1m&startTime=${nowMs - 30 * HOUR_MS}&limit=1`,
    );
    expect(body[0]?.[1]).toBe('30');
  });

  test('REST trails the stream', async () => {
    tick('1');
    exchange.faults.setRestLag('SPOT', 2_000);
    tick('2');
    expect((await aggTrades('&fromId=1')).body).toHaveLength(1);
    expect((await aggTrades('')).body).toHaveLength(1);
    clock.advance(2_000);
    expect((await aggTrades('&fromId=1')).body).toHaveLength(2);
  });

  test('a blanked row keeps its id', async () => {
    tick('1');
    exchange.faults.blankRow('SPOT', 'BTCUSDT', 1);
    expect((await aggTrades('')).body).toMatchObject([{ a: 1, p: '0', q: '0', f: -1, l: -1 }]);
  });

  test('a lasting answer, and requests counted during the pause it asks for', async () => {
    exchange.faults.setRestMode('SPOT', { status: 451, headers: { 'Retry-After': '60' } });
    expect((await aggTrades('')).status).toBe(451);
    clock.advance(30_000);
    expect((await aggTrades('')).status).toBe(451);
    expect(exchange.faults.restPauses('SPOT').map(({ requests }) => requests)).toEqual([1, 0]);
    exchange.faults.setRestMode('SPOT', null);
    expect((await aggTrades('')).status).toBe(200);
  });

  test('who asks on during 429 is banned with 418, each time longer', async () => {
    const pages = (count: number) => Promise.all(Array.from({ length: count }, () => aggTrades('', 'FUTURES')));
    clock.advance(60_000 - (clock.now().getTime() % 60_000));
    const first = await pages(121);
    expect(first.map(({ status }) => status).filter((status) => status !== 200)).toEqual([429]);
    expect(exchange.faults.peakWeight('FUTURES')).toBeGreaterThan(2_400);
    clock.advance(1_000);
    let banned;
    for (let count = 0; count < 6; count += 1) banned = await aggTrades('', 'FUTURES');
    expect(banned?.status).toBe(418);
    expect(banned?.headers.get('retry-after')).toBe('120');
    clock.advance(120_000);
    expect((await aggTrades('', 'FUTURES')).status).toBe(200);
  });

  test('candles of every length', async () => {
    tick('5');
    for (const interval of ['1s', '1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d'])
      expect((await get(`${exchange.spotRest}/api/v3/klines?symbol=BTCUSDT&interval=${interval}`)).body.at(-1)?.[4], interval).toBe('5');
  });

  test('an unlisted symbol is unknown, thousands of new ones are known', async () => {
    exchange.faults.unlistSymbol('SPOT', 'BTCUSDT');
    expect((await aggTrades('')).body).toMatchObject({ code: -1121 });
    expect(exchange.faults.listMany('SPOT', 3_000, '1')).toHaveLength(3_000);
    expect((await get(`${exchange.spotRest}/api/v3/ticker/price`)).body).toHaveLength(3_000);
  });
});

describe('by hand', () => {
  const post = async (text: string) => {
    const response = await fetch(`${exchange.spotRest}/control/faults`, { method: 'POST', body: text });
    return { status: response.status, body: await response.json() };
  };

  test('the help names every verb, and each is done as it says', async () => {
    const client = await connect();
    const lines = [
      '{"verb":"shape","marketType":"SPOT","duplicates":1}',
      '{"verb":"burst","marketType":"SPOT","symbol":"BTCUSDT","count":2,"price":"7"}',
      '{"verb":"clear","marketType":"SPOT"}',
      '{"verb":"drop","marketType":"SPOT","code":1008}',
    ];
    expect(await post(lines.join('\n'))).toEqual({ status: 200, body: { results: [null, null, null, 1] } });
    expect(await client.whenClosed()).toBe(1008);
    expect(client.messages).toHaveLength(4);
    const help = await (await fetch(`${exchange.spotRest}/control`)).text();
    for (const verb of [
      'drop',
      'reset',
      'stall',
      'mute',
      'freeze',
      'shape',
      'replay',
      'skip',
      'hide',
      'corrupt',
      'burst',
      'shutdown',
      'rest',
      'restLag',
      'horizon',
      'blank',
      'status',
      'unlist',
      'listMany',
      'clear',
    ])
      expect(help).toContain(`\n  ${verb} `);
  });

  test.each([
    ['{"verb":"dance","marketType":"SPOT"}', 'line 1: unknown verb: dance'],
    ['{"verb":"drop","marketType":"MOON"}', 'line 1: marketType: '],
    ['{"verb":"drop","marketType":"SPOT","colour":1}', 'line 1: colour: '],
    ['{"verb":"freeze","marketType":"SPOT","symbol":"NOPE"}', 'line 1: SPOT NOPE is not listed'],
    ['drop', 'line 1: not JSON'],
    ['', 'no line'],
  ])('%s', async (line, error) => {
    const { status, body } = await post(line);
    expect(status).toBe(400);
    expect((body as { error: string }).error).toContain(error);
  });
});
