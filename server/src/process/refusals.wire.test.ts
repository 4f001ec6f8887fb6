import { beforeAll, describe, expect, test } from 'vitest';
import { TRADE_FIELDS } from '../../testkit/documents.ts';
import type { Payload, SignalInput, UserError } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { until } from '../../testkit/waiting.ts';
import { REFUSALS } from '../signals/refusals.ts';

const marketType = 'FUTURES';
const SYMBOLS = [
  { marketType: 'SPOT', symbol: 'BTCUSDT', price: '100' },
  { marketType, symbol: 'BTCUSDT', price: '100' },
  { marketType, symbol: 'NEWUSDT' },
  { marketType, symbol: 'QUIETUSDT' },
  { marketType, symbol: 'HALTUSDT', price: '100', status: 'HALT' },
  { marketType, symbol: 'ETHBTC', price: '100', quoteAsset: 'BTC' },
] as const;

const LONG = { symbol: 'BTCUSDT', marketType, direction: 'LONG', entryPrice: '100', takeProfit: '110', stopLoss: '90' } as const;

let product: Product;
let token: string;
let other: string;
let createOnly: string;
let changeOnly: string;
beforeAll(async () => {
  product = await startProduct({ exchangeOptions: { symbols: SYMBOLS }, env: { POSITION_SIZE: '1000' } });
  token = await product.bot('Signaller');
  other = await product.bot('Another');
  createOnly = await product.bot('Creating', ['signals:create']);
  changeOnly = await product.bot('Changing', ['signals:change']);
  await product.symbolsKnown(token);
  await product.pricesKnown([{ marketType, symbol: 'BTCUSDT' }]);
});

const pending = async (more: Partial<SignalInput> = {}): Promise<string> => {
  const { signal, userErrors } = await product.createSignal(token, { ...LONG, status: 'PENDING', ...more });
  if (!signal) throw new Error(JSON.stringify(userErrors));
  return signal.id;
};

describe('refusals', () => {
  const exercised = new Set<string>();
  const change = async (answer: Promise<Payload>): Promise<readonly UserError[]> => (await answer).userErrors;
  const create = (input: object, by: string | null = token) => change(product.createSignal(by, input));
  const sendWith = (more: object) => create({ ...LONG, ...more });
  const hook = async (message: object): Promise<readonly UserError[]> => (await product.hook('tradingview', token, message)).userErrors;
  const PAST = '2020-01-01T00:00:00Z';

  const CASES: readonly [code: keyof typeof REFUSALS, field: string[], name: string, ask: () => Promise<readonly UserError[]>][] = [
    ['UNAUTHENTICATED', [], 'no token', () => create(LONG, null)],
    ['UNAUTHENTICATED', [], 'a made-up token', () => create(LONG, `bpt_live_${'A'.repeat(43)}_000000`)],
    ['UNAUTHENTICATED', [], 'a broken token, to activate', () => change(product.activateSignal(token.slice(0, -1), crypto.randomUUID()))],
    ['UNAUTHENTICATED', [], 'no token, to cancel', () => change(product.cancelSignal(null, crypto.randomUUID()))],
    ['FORBIDDEN', [], 'a token that may not create', () => create(LONG, changeOnly)],
    ['FORBIDDEN', [], 'a token that may only create, to cancel', () => change(product.cancelSignal(createOnly, crypto.randomUUID()))],
    ['FIELD_MISSING', ['takeProfit'], 'to a webhook', () => hook({ ticker: 'BTCUSDT', action: 'buy', sl: 90, timenow: 'x' })],
    ['VALUE_UNKNOWN', ['direction'], 'to a webhook', () => hook({ ticker: 'BTCUSDT', action: 'hold', tp: 110, sl: 90, timenow: 'x' })],
    ['SYMBOL_UNKNOWN', ['symbol'], 'to a webhook', () => hook({ ticker: 'GONEUSDT', action: 'buy', tp: 110, sl: 90, timenow: 'x' })],
    // Over GraphQL the whole request is refused before (TOKEN_NOT_IN_HEADER).
    [
      'TEXT_NOT_ALLOWED',
      ['note'],
      'a token, which would be public, to a webhook',
      () => hook({ ticker: 'BTCUSDT', action: 'buy', tp: 110, sl: 90, timenow: 'x', note: `my ${token}` }),
    ],
    ['SYMBOL_UNKNOWN', ['symbol'], 'no such symbol', () => sendWith({ symbol: 'GONEUSDT' })],
    ['SYMBOL_UNKNOWN', ['symbol'], 'only on the other market', () => sendWith({ symbol: 'NEWUSDT', marketType: 'SPOT' })],
    ['SYMBOL_NOT_TRADING', ['symbol'], 'halted', () => sendWith({ symbol: 'HALTUSDT' })],
    ['QUOTE_ASSET_NOT_ALLOWED', ['symbol'], 'quoted in BTC', () => sendWith({ symbol: 'ETHBTC' })],
    ['INVALID_DECIMAL', ['takeProfit'], 'an exponent', () => sendWith({ takeProfit: '1e3' })],
    ['INVALID_DECIMAL', ['stopLoss'], 'a sign', () => sendWith({ stopLoss: '-90' })],
    ['INVALID_DECIMAL', ['stopLoss'], 'zero', () => sendWith({ stopLoss: '0.000' })],
    ['INVALID_DECIMAL', ['entryPrice'], '16 digits before the point', () => sendWith({ entryPrice: '1000000000000000' })],
    ['INVALID_DECIMAL', ['takeProfit'], '19 digits after it', () => sendWith({ takeProfit: '110.0000000000000000001' })],
    ['INVALID_DECIMAL', ['takeProfit'], 'not a number', () => sendWith({ takeProfit: 'NaN' })],
    ['INVALID_DECIMAL', ['takeProfit'], 'digits of another script', () => sendWith({ takeProfit: '١١٠' })],
    ['TAKE_PROFIT_ON_WRONG_SIDE', ['takeProfit'], 'LONG at the entry', () => sendWith({ takeProfit: '100' })],
    [
      'TAKE_PROFIT_ON_WRONG_SIDE',
      ['takeProfit'],
      'SHORT above',
      () => sendWith({ direction: 'SHORT', takeProfit: '101', stopLoss: '110' }),
    ],
    ['STOP_LOSS_ON_WRONG_SIDE', ['stopLoss'], 'LONG at the entry', () => sendWith({ stopLoss: '100.0' })],
    ['STOP_LOSS_ON_WRONG_SIDE', ['stopLoss'], 'SHORT below', () => sendWith({ direction: 'SHORT', takeProfit: '90', stopLoss: '99' })],
    ['TAKE_PROFIT_ALREADY_REACHED', ['takeProfit'], 'LONG', () => sendWith({ entryPrice: '95', takeProfit: '100', stopLoss: '90' })],
    [
      'TAKE_PROFIT_ALREADY_REACHED',
      ['id'],
      'at activation',
      async () => {
        const id = await pending({ entryPrice: '95', takeProfit: '100' });
        return change(product.activateSignal(token, id));
      },
    ],
    [
      'STOP_LOSS_ALREADY_REACHED',
      ['stopLoss'],
      'SHORT',
      () => sendWith({ direction: 'SHORT', entryPrice: '95', takeProfit: '90', stopLoss: '99.99' }),
    ],
    [
      'NO_MARKET_PRICE',
      ['entryPrice'],
      'never traded',
      () => create({ symbol: 'QUIETUSDT', marketType, direction: 'LONG', takeProfit: '2', stopLoss: '1' }),
    ],
    [
      'ENTRY_PRICE_TOO_SMALL',
      ['entryPrice'],
      '10^20 units',
      () => sendWith({ entryPrice: '0.00000000000000001', stopLoss: '0.000000000000000001' }),
    ],
    [
      'ENTRY_PRICE_TOO_LARGE',
      ['entryPrice'],
      '10^-18 units',
      async () => {
        const { exchange, databaseUrl } = product;
        const frugal = await startProduct({ exchange, databaseUrl, env: { POSITION_SIZE: '0.0004' } });
        const levels = { entryPrice: '999999999999998', takeProfit: '999999999999999', stopLoss: '1' };
        const { userErrors } = await frugal.createSignal(token, { symbol: 'BTCUSDT', marketType, direction: 'LONG', ...levels });
        await frugal.end();
        return userErrors;
      },
    ],
    ['CONFIDENCE_OUT_OF_RANGE', ['confidence'], 'above 1', () => sendWith({ confidence: 1.01 })],
    ['CONFIDENCE_OUT_OF_RANGE', ['confidence'], 'below 0', () => sendWith({ confidence: -0.01 })],
    ['TIMEFRAME_UNKNOWN', ['timeframe'], '2m', () => sendWith({ timeframe: '2m' })],
    ['TEXT_EMPTY', ['strategy'], 'strategy', () => sendWith({ strategy: '' })],
    ['TEXT_EMPTY', ['externalId'], 'externalId', () => sendWith({ externalId: ' ' })],
    ['TEXT_TOO_LONG', ['note'], 'note', () => sendWith({ note: '𝄞'.repeat(501) })],
    ['TEXT_TOO_LONG', ['externalId'], 'externalId', () => sendWith({ externalId: 'x'.repeat(129) })],
    ['TEXT_NOT_ALLOWED', ['note'], 'zero byte', () => sendWith({ note: 'a\u0000b' })],
    ['TEXT_NOT_ALLOWED', ['strategy'], 'turned text', () => sendWith({ strategy: 'a\u202eb' })],
    ['TEXT_NOT_ALLOWED', ['externalId'], 'half a character', () => sendWith({ externalId: 'a\ud800' })],
    ['STATUS_NOT_ALLOWED', ['status'], 'CLOSED', () => sendWith({ status: 'CLOSED' })],
    ['EXPIRY_IN_THE_PAST', ['expiresAt'], 'long ago', () => sendWith({ expiresAt: PAST })],
    [
      'EXPIRY_IN_THE_PAST',
      ['id'],
      'at activation',
      async () => {
        const expiresAtMs = Date.now() + 150;
        const id = await pending({ expiresAt: new Date(expiresAtMs).toISOString() });
        await until(() => (Date.now() > expiresAtMs ? true : undefined), 'the expiry');
        return change(product.activateSignal(token, id));
      },
    ],
    ['SENT_AT_IN_THE_FUTURE', ['sentAt'], 'a minute ahead', () => sendWith({ sentAt: new Date(Date.now() + 60_000).toISOString() })],
    [
      'EXTERNAL_ID_CONFLICT',
      ['externalId'],
      'another note',
      async () => {
        await product.createSignal(token, { ...LONG, externalId: 'conflict' });
        return sendWith({ externalId: 'conflict', note: 'another' });
      },
    ],
    ['SIGNAL_NOT_FOUND', ['id'], 'no such signal', () => change(product.activateSignal(token, crypto.randomUUID()))],
    ['SIGNAL_NOT_FOUND', ['id'], 'no id at all', () => change(product.cancelSignal(token, "' OR 1=1"))],
    ['SIGNAL_NOT_FOUND', ['id'], 'of another bot', async () => change(product.cancelSignal(other, await pending()))],
    [
      'SIGNAL_NOT_PENDING',
      ['id'],
      'active',
      async () => {
        const { signal } = await product.createSignal(token, LONG);
        return change(product.cancelSignal(token, signal?.id ?? ''));
      },
    ],
  ];

  test.each(CASES)('%s at %j: %s', async (code, field, _, ask) => {
    const before = await product.stored();
    const userErrors = await ask();
    expect(userErrors.map((error) => ({ field: error.field, code: error.code }))).toEqual([{ field, code }]);
    expect(userErrors[0]?.message).toContain(REFUSALS[code]);
    exercised.add(code);
    if (field[0] !== 'id' && code !== 'EXTERNAL_ID_CONFLICT') expect(await product.stored()).toEqual(before);
  });

  test('everything that is wrong is named at once', async () => {
    const userErrors = await sendWith({ takeProfit: '1e3', stopLoss: '100', confidence: 2, timeframe: 'soon', strategy: '' });
    expect(userErrors.map(({ field, code }) => `${field.join()} ${code}`).toSorted()).toEqual([
      'confidence CONFIDENCE_OUT_OF_RANGE',
      'strategy TEXT_EMPTY',
      'takeProfit INVALID_DECIMAL',
      'timeframe TIMEFRAME_UNKNOWN',
    ]);
  });

  test('every code there is was reached through the API', () => {
    expect([...exercised].toSorted()).toEqual(Object.keys(REFUSALS).toSorted());
  });
});

describe('what is on the edge is kept exactly', () => {
  test.each([
    [
      'the longest decimals',
      {
        entryPrice: '999999999999999.999999999999999998',
        takeProfit: '999999999999999.999999999999999999',
        stopLoss: '0.000000000000000001',
        symbol: 'NEWUSDT',
      },
    ],
    [
      'the longest texts, in characters and not in bytes',
      { note: '𝄞'.repeat(500), strategy: 'ß'.repeat(64), externalId: '漢'.repeat(128) },
    ],
    ['line breaks and tags', { note: 'a\n\t<script>alert(1)</script>' }],
    ['confidence at its bounds', { confidence: 1 }],
  ] as const)('%s', async (_, more) => {
    const { signal, userErrors } = await product.createSignal(token, { ...LONG, status: 'PENDING', ...more });
    expect(userErrors).toEqual([]);
    expect(signal).toMatchObject(more);
  });

  test('numbers sent as numbers keep every digit or are judged as text', async () => {
    const body = (takeProfit: string): string =>
      `{"query":"mutation ($input: CreateSignalInput!) { createSignal(input: $input) { signal { takeProfit } userErrors { code field } } }",
        "variables":{"input":{"symbol":"BTCUSDT","direction":"LONG","status":"PENDING","entryPrice":100,"stopLoss":90,"takeProfit":${takeProfit}}}}`;
    const send = async (takeProfit: string): Promise<unknown> => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const response = await fetch(product.graphqlUrl, { method: 'POST', headers, body: body(takeProfit) });
      return ((await response.json()) as { data?: { createSignal: unknown } }).data?.createSignal;
    };
    expect(await send('110.123456789012345678')).toEqual({ signal: { takeProfit: '110.123456789012345678' }, userErrors: [] });
    expect(await send('110.5')).toEqual({ signal: { takeProfit: '110.5' }, userErrors: [] });
    expect(await send('1.105e2')).toMatchObject({ userErrors: [{ code: 'INVALID_DECIMAL', field: ['takeProfit'] }] });
    expect(await send('-110')).toMatchObject({ userErrors: [{ code: 'INVALID_DECIMAL', field: ['takeProfit'] }] });
  });

  test.each(['0000-01-01T00:00:00Z', '2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '9999-12-31T23:59:59.999-14:00', 'yesterday'])(
    'a time that is none (%s) is the sender’s mistake and not the server’s',
    async (sentAt) => {
      const input = { ...LONG, status: 'PENDING', sentAt };
      const { data, errors } = await product.request<{ createSignal: Payload }>(
        `mutation ($input: CreateSignalInput!) { createSignal(input: $input) { signal { sentAt } userErrors { code } trade { ${TRADE_FIELDS} } } }`,
        { input },
        token,
      );
      expect(errors?.[0]?.extensions?.['code'] ?? data?.createSignal.userErrors[0]?.code).toBeDefined();
      expect(errors?.[0]?.extensions?.['code']).not.toBe('INTERNAL_SERVER_ERROR');
    },
  );
});

describe('a value that does not fit its type is not sent back (F88)', () => {
  const SENT = 'what_was_sent';
  const messages = async (query: string, variables: object): Promise<string[]> => {
    const { errors = [] } = await product.request<unknown>(query, variables, null);
    return errors.map(({ message }) => message);
  };

  test.each<[type: string, field: string, value: unknown, expected: RegExp]>([
    ['Int', 'trades(first: $v) { totalCount }', SENT, /^Variable "\$v" got an invalid value; Int cannot represent non-integer value\.$/],
    ['Int', 'trades(first: $v) { totalCount }', { a: [SENT] }, /; Int cannot represent non-integer value\.$/],
    ['String', 'trades(after: $v) { totalCount }', [SENT], /; String cannot represent a non string value\.$/],
    [
      'TradeFilter',
      'trades(filter: $v) { totalCount }',
      { direction: [SENT] },
      / at "v\.direction\[0\]"; That value does not exist in "Direction" enum\. It is one of LONG, SHORT\.$/,
    ],
    [
      'TradeFilter',
      'trades(filter: $v) { totalCount }',
      { direction: [5] },
      /"Direction" cannot represent [^.]*\. It is one of LONG, SHORT\.$/,
    ],
    ['TradeFilter', 'trades(filter: $v) { totalCount }', { symbol: [{ a: SENT }] }, / at "v\.symbol\[0\]"; String cannot/],
    ['TradeFilter', 'trades(filter: $v) { totalCount }', SENT, /; Expected (value of )?type "TradeFilter"/],
    ['TradeFilter', 'trades(filter: $v) { totalCount }', { from: SENT }, / at "v\.from"; /],
    ['TradeFilter', 'trades(filter: $v) { totalCount }', { nosuch: SENT }, /"nosuch"/],
  ])('$%s of %s: %j', async (type, field, value, expected) => {
    const told = await messages(`query ($v: ${type}) { ${field} }`, { v: value });
    expect(told.join('\n')).toMatch(expected);
    for (const message of told) expect(message).not.toContain(SENT);
  });

  test('a wrong value of an enum in a document is answered with those that are right', async () => {
    for (const value of [SENT, `"${SENT}"`, '5'])
      expect((await messages(`{ trades(filter: { direction: ${value} }) { totalCount } }`, {})).join('\n')).toMatch(
        /\. It is one of LONG, SHORT\.$/,
      );
  });

  test.each([
    `trades(first: "${SENT}")`,
    `trades(filter: { direction: ${SENT} })`,
    `trades(filter: "${SENT}")`,
    `trades(filter: { from: "${SENT}" })`,
  ])('in a document: %s', async (field) => {
    const told = await messages(`{ ${field} { totalCount } }`, {});
    expect(told.length).toBeGreaterThan(0);
    for (const message of told) expect(message).not.toContain(SENT);
  });
});
