import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { newToken } from '../signals/tokens.ts';
import { randomBytes } from 'node:crypto';

const SYMBOLS = (['SPOT', 'FUTURES'] as const).map((marketType) => ({ marketType, symbol: 'BTCUSDT', price: '100' }));
const ALERT = { ticker: 'BINANCE:BTCUSDT.P', action: 'buy', close: '100', tp: '110', sl: '90', interval: '60', strategy: 'trend' };
const ENTRY = {
  event: 'entry_fill',
  pair: 'BTC/USDT:USDT',
  direction: 'Long',
  open_rate: '100.00000000',
  tpPercent: '10',
  slPercent: '10',
};

let product: Product;
let token: string;
let times = 0;
beforeAll(async () => {
  product = await startProduct({ exchangeOptions: { symbols: SYMBOLS }, env: { TOKENS_MAX_FAILURES_PER_MINUTE: '1000' } });
  token = await product.bot('Hooked');
  await product.symbolsKnown(token);
});

/** Each alert has a time of its own, unless it is sent again. */
const alert = (more: object = {}) => ({ ...ALERT, timenow: `2026-11-22T00:00:${String((times += 1)).padStart(2, '0')}Z`, ...more });
const ofSignal = async (id: string | null) => {
  const fields = 'externalId symbol marketType direction entryPrice takeProfit stopLoss timeframe strategy status trade { id status }';
  return (await product.query<{ signal: Record<string, unknown> }>(`query ($id: ID!) { signal(id: $id) { ${fields} } }`, { id })).signal;
};

/** One HTTP/1.1 request as it is written down here, and everything that comes back. */
async function raw(path: string, headers: string, body: string): Promise<string> {
  const socket = connect(Number(new URL(product.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n${body}`);
  return text(socket);
}

describe('a TradingView alert', () => {
  test('opens a trade, and sent again answers with the same', async () => {
    const message = alert();
    const first = await product.hook('tradingview', token, message);
    expect(first).toMatchObject({ status: 200, duplicate: false, userErrors: [] });
    expect(await ofSignal(first.signalId)).toEqual({
      externalId: `tradingview:BINANCE:BTCUSDT.P:${message.timenow}:LONG:trend`,
      symbol: 'BTCUSDT',
      marketType: 'FUTURES',
      direction: 'LONG',
      entryPrice: '100',
      takeProfit: '110',
      stopLoss: '90',
      timeframe: '1h',
      strategy: 'trend',
      status: 'ACTIVE',
      trade: { id: first.tradeId, status: 'OPEN' },
    });
    const before = await product.stored();
    expect(await product.hook('tradingview', token, message)).toEqual({ ...first, duplicate: true });
    expect(await product.stored()).toEqual(before);
  });

  test('twenty times at once opens one trade', async () => {
    const before = await product.stored();
    const message = alert();
    const answers = await Promise.all(Array.from({ length: 20 }, () => product.hook('tradingview', token, message)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(({ duplicate }) => duplicate)).toHaveLength(19);
    expect(new Set(answers.map(({ tradeId }) => tradeId)).size).toBe(1);
    expect((await product.stored()).trades).toBe(before.trades + 1);
  });

  test.for([
    ['JSON as text', { 'content-type': 'text/plain; charset=utf-8' }, (message: object) => JSON.stringify(message)],
    ['JSON without any header', {}, (message: object) => JSON.stringify(message)],
    [
      'lines',
      {},
      (message: object) =>
        Object.entries(message)
          .map(([name, value]) => `${name}: ${value}`)
          .join('\n'),
    ],
    [
      'a form',
      { 'content-type': 'application/x-www-form-urlencoded' },
      (message: object) => new URLSearchParams(message as Record<string, string>).toString(),
    ],
  ] as const)('comes as %s', async ([, headers, write]) => {
    const answer = await product.hook('tradingview', token, write(alert()), headers);
    expect(answer).toMatchObject({ status: 200, userErrors: [], tradeId: expect.any(String) });
  });

  test('keeps every digit of a number', async () => {
    const body = JSON.stringify(alert()).replace('"110"', '110.123456789012345678');
    const { signalId } = await product.hook('tradingview', token, body);
    expect(await ofSignal(signalId)).toMatchObject({ takeProfit: '110.123456789012345678' });
  });

  test('without headers at all over a bare connection', async () => {
    const body = JSON.stringify(alert());
    const answer = await raw(`/hooks/tradingview/${token}`, `content-length: ${Buffer.byteLength(body)}\r\n`, body);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(answer).toContain('cache-control: no-store');
  });

  test('is refused as createSignal refuses it, and nothing is stored', async () => {
    const before = await product.stored();
    expect(await product.hook('tradingview', token, alert({ tp: '80', sl: '1e2' }))).toMatchObject({
      status: 422,
      signalId: null,
      tradeId: null,
      userErrors: [{ field: ['stopLoss'], code: 'INVALID_DECIMAL', message: expect.any(String) }],
    });
    expect(await product.stored()).toEqual(before);
  });

  test('that only leaves a position changes nothing', async () => {
    const before = await product.stored();
    const answer = await product.hook('tradingview', token, alert({ market_position: 'flat', action: 'sell' }));
    expect(answer).toMatchObject({ status: 200, signalId: null, message: expect.stringContaining('goes on') });
    expect(await product.stored()).toEqual(before);
  });
});

describe('freqtrade', () => {
  const exitOf = (entry: object) => ({ ...entry, event: 'exit_fill', close_rate: '101' });

  test('opens a trade at its entry; its exit is told plainly that the trade goes on', async () => {
    const entry = { ...ENTRY, trade_id: '1' };
    const { status, signalId, tradeId } = await product.hook('freqtrade', token, entry);
    expect([status, await ofSignal(signalId)]).toMatchObject([
      200,
      { direction: 'LONG', takeProfit: '110', stopLoss: '90', trade: { id: tradeId } },
    ]);
    const before = await product.stored();
    expect(await product.hook('freqtrade', token, exitOf(entry))).toMatchObject({
      status: 200,
      signalId,
      tradeId,
      message: expect.stringContaining('goes on'),
    });
    expect(await product.stored()).toEqual(before);
  });

  test('cancels a signal that still waits, once', async () => {
    const entry = { ...ENTRY, trade_id: '2', status: 'PENDING' };
    const { signalId, tradeId } = await product.hook('freqtrade', token, new URLSearchParams(entry).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect([tradeId, await ofSignal(signalId)]).toMatchObject([null, { status: 'PENDING' }]);
    for (let each = 0; each < 2; each += 1)
      expect(await product.hook('freqtrade', token, exitOf(entry))).toMatchObject({
        status: 200,
        signalId,
        message: 'The signal is cancelled.',
      });
    expect(await ofSignal(signalId)).toMatchObject({ status: 'CANCELLED' });
  });

  test('cannot end what it never began, nor what another bot began', async () => {
    const entry = { ...ENTRY, trade_id: '3', status: 'PENDING' };
    expect(await product.hook('freqtrade', token, exitOf(entry))).toMatchObject({
      status: 422,
      userErrors: [{ code: 'SIGNAL_NOT_FOUND' }],
    });
    await product.hook('freqtrade', token, entry);
    const other = await product.bot('Another');
    expect(await product.hook('freqtrade', other, exitOf(entry))).toMatchObject({
      status: 422,
      userErrors: [{ code: 'SIGNAL_NOT_FOUND' }],
    });
  });

  test('cannot cancel with a token that may only create', async () => {
    const createOnly = await product.bot('Creating', ['signals:create']);
    const entry = { ...ENTRY, trade_id: '4', status: 'PENDING' };
    const { signalId } = await product.hook('freqtrade', createOnly, entry);
    expect(await product.hook('freqtrade', createOnly, exitOf(entry))).toMatchObject({ status: 403, userErrors: [{ code: 'FORBIDDEN' }] });
    expect(await ofSignal(signalId)).toMatchObject({ status: 'PENDING' });
  });
});

describe('an address', () => {
  test('with a wrong token is refused alike, whatever is wrong with it, and says nothing of it', async () => {
    const revoked = await product.bot('Revoked');
    await product.sql(`UPDATE bot_tokens SET revoked_at = now() WHERE bot_id = (SELECT id FROM bots WHERE slug = 'revoked')`);
    const wrong = [revoked, newToken(randomBytes), token.slice(0, -1), 'x', '', '%00', 'bpt_live_', `${token}x`];
    const answers = await Promise.all(wrong.map((each) => product.hook('tradingview', each, alert())));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, userErrors: [{ field: [], code: 'UNAUTHENTICATED' }] });
  });

  test('of a token that may not create is forbidden', async () => {
    const changeOnly = await product.bot('Changing', ['signals:change']);
    expect(await product.hook('tradingview', changeOnly, alert())).toMatchObject({
      status: 403,
      userErrors: [{ code: 'FORBIDDEN', message: expect.stringContaining('signals:create') }],
    });
  });

  test.for(['unknown', 'constructor', ''])('of the source %j is none', async (source) => {
    expect(await product.hook(source, token, alert())).toMatchObject({ status: 404, userErrors: [{ code: 'NOT_FOUND' }] });
  });

  test.for(['GET', 'PUT', 'DELETE', 'OPTIONS'])('takes no %s', async (method) => {
    const response = await fetch(`${product.url}/hooks/tradingview/${token}`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test.for([
    [413, 'BODY_TOO_LARGE', {}, `note: ${'x'.repeat(16_384)}`],
    [415, 'UNSUPPORTED_MEDIA_TYPE', { 'content-type': 'application/xml' }, '<a/>'],
    [415, 'UNSUPPORTED_MEDIA_TYPE', { 'content-type': 'constructor' }, 'a: b'],
    [415, 'UNSUPPORTED_MEDIA_TYPE', { 'content-encoding': 'gzip' }, 'a: b'],
    [400, 'BODY_NOT_READABLE', {}, ''],
    [400, 'BODY_NOT_READABLE', {}, 'BTC crossed 100'],
    [400, 'BODY_NOT_READABLE', { 'content-type': 'application/json' }, '{"tp": }'],
  ] as const)('answers %i %s', async ([status, code, headers, body]) => {
    expect(await product.hook('tradingview', token, body, headers)).toMatchObject({ status, signalId: null, userErrors: [{ code }] });
  });

  test('ends a body that is too large and says no length', async () => {
    const chunk = 'x'.repeat(4_096);
    const answer = await raw(`/hooks/tradingview/${token}`, 'transfer-encoding: chunked\r\n', `1000\r\n${chunk}\r\n`.repeat(5));
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  test('reads only UTF-8', async () => {
    const answer = await raw(`/hooks/tradingview/${token}`, 'content-length: 3\r\n', 'a=\xff');
    expect(answer).toMatch(/^HTTP\/1.1 (400|422) /);
    const response = await fetch(`${product.url}/hooks/tradingview/${token}`, { method: 'POST', body: new Uint8Array([0x61, 0x3d, 0xff]) });
    expect(response.status).toBe(400);
  });
});

test('a fault of the server is answered with 500 and logged without the token', async () => {
  await product.sql('ALTER TABLE bot_tokens RENAME TO gone');
  const url = `${product.url}/hooks/tradingview/${token}`;
  const response = await fetch(url, { method: 'POST', body: 'a: b' }).finally(() => product.sql('ALTER TABLE gone RENAME TO bot_tokens'));
  expect(response.status).toBe(500);
  const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string; errorId: string } }[] };
  const { code, errorId } = errors[0]!.extensions;
  expect([code, errors[0]?.message.includes(errorId)]).toEqual(['INTERNAL_SERVER_ERROR', true]);
  const logged = product.logged.find(({ message }) => message === 'a request failed');
  expect(logged?.fields).toMatchObject({ errorId, method: 'POST', path: '/hooks/tradingview/[redacted]' });
  expect(JSON.stringify(product.logged)).not.toContain(token);
});
