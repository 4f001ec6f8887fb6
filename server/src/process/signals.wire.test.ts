import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TRADE_FIELDS } from '../../testkit/documents.ts';
import type { Payload, RecordEvent, SignalInput, UserError } from '../../testkit/documents.ts';
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
beforeAll(async () => {
  product = await startProduct({ exchangeOptions: { symbols: SYMBOLS }, env: { TRACK_MIN_CONFIDENCE: '0.2', POSITION_SIZE: '1000' } });
  token = await product.bot('Signaller');
  other = await product.bot('Another');
  await product.symbolsKnown(token);
  const ask = 'query ($symbols: [SymbolInput!]!) { prices(symbols: $symbols) { price } }';
  await until(async () => {
    const { prices } = await product.query<{ prices: object[] }>(ask, { symbols: [{ marketType, symbol: 'BTCUSDT' }] });
    return prices[0];
  }, 'the first price check');
});

interface Stored {
  readonly signals: number;
  readonly trades: number;
  readonly events: number;
  readonly head: number;
}

async function stored(): Promise<Stored> {
  const [row] =
    await product.sql<Stored>(`SELECT (SELECT count(*) FROM signals)::int AS signals, (SELECT count(*) FROM paper_trades)::int AS trades,
    (SELECT count(*) FROM events)::int AS events, (SELECT sequence FROM record_head)::int AS head`);
  if (!row) throw new Error('no answer');
  return row;
}

async function eventsAfter(sequence: number): Promise<RecordEvent[]> {
  const document = `query ($after: String) { events(after: $after) { __typename sequence ... on TradeOpened { trade { id } } } }`;
  return (await product.query<{ events: RecordEvent[] }>(document, { after: String(sequence) })).events;
}

const pending = async (more: Partial<SignalInput> = {}): Promise<string> => {
  const { signal, userErrors } = await product.createSignal(token, { ...LONG, status: 'PENDING', ...more });
  if (!signal) throw new Error(JSON.stringify(userErrors));
  return signal.id;
};

describe('one externalId is one signal', () => {
  test('in 20 calls at once: one signal, one trade, 19 duplicates with the same ids', async () => {
    const before = await stored();
    const answers = await Promise.all(Array.from({ length: 20 }, () => product.createSignal(token, { ...LONG, externalId: 'twenty' })));
    expect(answers.filter(({ duplicate }) => duplicate)).toHaveLength(19);
    expect(new Set(answers.map(({ signal }) => signal?.id)).size).toBe(1);
    expect(new Set(answers.map(({ trade }) => trade?.id)).size).toBe(1);
    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(answers[0]?.trade?.status).toBe('OPEN');
    const { signals, trades, events, head } = before;
    expect(await stored()).toEqual({ signals: signals + 1, trades: trades + 1, events: events + 2, head: head + 2 });
  });

  test('in 20 calls at once with 20 contents: one is taken, 19 are in conflict', async () => {
    const before = await stored();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => product.createSignal(token, { ...LONG, externalId: 'contents', takeProfit: `11${index}` })),
    );
    expect(answers.filter(({ signal }) => signal !== null)).toHaveLength(1);
    const errors = answers.flatMap(({ userErrors }) => userErrors);
    expect(errors).toHaveLength(19);
    for (const error of errors) expect(error).toMatchObject({ field: ['externalId'], code: 'EXTERNAL_ID_CONFLICT' });
    expect((await stored()).trades).toBe(before.trades + 1);
  });

  test('by value and not by spelling, whatever the clock of the bot says, and still after the price has gone on', async () => {
    const first = await product.createSignal(token, { ...LONG, externalId: 'value', sentAt: '2026-01-01T00:00:00Z' });
    const again = {
      ...LONG,
      externalId: 'value',
      takeProfit: '110.000',
      symbol: 'btcusdt',
      strategy: 'default',
      sentAt: '2026-01-01T00:00:05Z',
    };
    expect(await product.createSignal(token, again)).toMatchObject({
      duplicate: true,
      signal: { id: first.signal?.id },
      trade: { id: first.trade?.id },
    });
    // The level is reached by now: a new signal would be refused, the old one is answered.
    product.exchange.tick({ marketType, symbol: 'BTCUSDT', price: '111' });
    await product.whenClosed(first.trade?.id ?? '');
    expect((await product.createSignal(token, LONG)).userErrors).toMatchObject([{ code: 'TAKE_PROFIT_ALREADY_REACHED' }]);
    expect(await product.createSignal(token, again)).toMatchObject({
      duplicate: true,
      trade: { id: first.trade?.id, status: 'CLOSED_TP' },
    });
    // Another bot's key of the same name is another key.
    product.exchange.tick({ marketType, symbol: 'BTCUSDT', price: '100' });
    await until(async () => (await product.createSignal(other, again)).signal ?? undefined, 'the price to be back');
    const [row] = await product.sql<{ count: string }>(`SELECT count(*) FROM signals WHERE external_id = 'value'`);
    expect(row?.count).toBe('2');
  });

  test('100 different signals at once: every one with its trade, and a record without holes', async () => {
    const before = await stored();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        product.createSignal(index % 2 ? token : other, { ...LONG, externalId: `hundred-${index}` }),
      ),
    );
    expect(answers.filter(({ trade }) => trade !== null)).toHaveLength(100);
    expect(await stored()).toEqual({
      signals: before.signals + 100,
      trades: before.trades + 100,
      events: before.events + 200,
      head: before.head + 200,
    });
    const [holes] = await product.sql<{ count: string }>(
      'SELECT count(*) FROM events e WHERE sequence > 1 AND NOT EXISTS (SELECT 1 FROM events p WHERE p.sequence = e.sequence - 1)',
    );
    expect(holes?.count).toBe('0');
    // Each trade's opening follows the receipt of its signal at once.
    const [apart] = await product.sql<{ count: string }>(`SELECT count(*) FROM events o JOIN events r ON r.sequence = o.sequence - 1
      WHERE o.kind = 'TradeOpened' AND r.kind = 'SignalReceived' AND r.signal_id <> o.signal_id`);
    expect(apart?.count).toBe('0');
  });
});

describe('all or nothing', () => {
  const drops: string[] = [];
  afterEach(async () => {
    for (const sql of drops.splice(0)) await product.sql(sql);
  });

  /** From now on this statement fails, until the test ends or `mend` is called. */
  async function plant(on: string, when: string, error = 'raise_exception'): Promise<() => Promise<void>> {
    const [table] = on.split(' ').slice(-1);
    await product.sql(`CREATE OR REPLACE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'a planted secret fault' USING ERRCODE = '${error}'; END $$`);
    await product.sql(`CREATE TRIGGER planted ${on} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION planted()`);
    const drop = `DROP TRIGGER IF EXISTS planted ON ${table}`;
    drops.push(drop);
    return async () => void (await product.sql(drop));
  }

  test.each([
    ['the signal', 'AFTER INSERT ON signals', 'true'],
    ['the trade', 'AFTER INSERT ON paper_trades', 'true'],
    ['the head of the record', 'AFTER UPDATE ON record_head', 'true'],
    ['the event of the signal', 'BEFORE INSERT ON events', `NEW.kind = 'SignalReceived'`],
    ['the event of the trade', 'BEFORE INSERT ON events', `NEW.kind = 'TradeOpened'`],
  ])('a fault in %s leaves none of signal, trade and events, and tells nothing of itself', async (name, on, when) => {
    const before = await stored();
    const mend = await plant(on, when);
    const input = { ...LONG, externalId: `fault in ${name}` };
    const { errors } = await product.request(
      `mutation ($input: CreateSignalInput!) { createSignal(input: $input) { signal { id } } }`,
      { input },
      token,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(JSON.stringify(errors)).not.toContain('planted');
    expect(await stored()).toEqual(before);

    // Nothing was kept that would stand in the way of sending it again.
    await mend();
    expect(await product.createSignal(token, input)).toMatchObject({ duplicate: false, trade: { status: 'OPEN' } });
    const { signals, trades, events, head } = before;
    expect(await stored()).toEqual({ signals: signals + 1, trades: trades + 1, events: events + 2, head: head + 2 });
  });

  test('a fault in an activation leaves the signal pending, without a trade', async () => {
    const id = await pending();
    const before = await stored();
    const mend = await plant('BEFORE INSERT ON events', `NEW.kind = 'TradeOpened'`);
    const { errors } = await product.request(`mutation ($id: ID!) { activateSignal(id: $id) { signal { id } } }`, { id }, token);
    expect(errors).toHaveLength(1);
    expect(await stored()).toEqual(before);
    expect(await product.query('query ($id: ID!) { signal(id: $id) { status trade { id } } }', { id })).toEqual({
      signal: { status: 'PENDING', trade: null },
    });
    await mend();
    expect(await product.activateSignal(token, id)).toMatchObject({ signal: { status: 'ACTIVE' }, trade: { status: 'OPEN' } });
  });

  test('a fault in a closure leaves the trade open and the signal active; it closes by the same tick as soon as the fault is gone', async () => {
    const trade = await product.open(token, { ...LONG, symbol: 'NEWUSDT' });
    await product.exchange.whenSubscribed(marketType, 'newusdt@aggTrade');
    const before = await stored();
    const mend = await plant('BEFORE INSERT ON events', `NEW.kind = 'TradeClosed'`);
    const touching = product.exchange.tick({ marketType, symbol: 'NEWUSDT', price: '112' });
    await until(() => product.logged.find(({ message }) => message === 'closures could not be written'), 'the failed write');
    product.exchange.tick({ marketType, symbol: 'NEWUSDT', price: '50' });
    expect(await stored()).toEqual(before);
    expect(await product.trade(trade.id)).toMatchObject({ status: 'OPEN', signal: { status: 'ACTIVE' }, realizedPnl: null });
    await mend();
    expect(await product.whenClosed(trade.id)).toMatchObject({
      status: 'CLOSED_TP',
      closedBy: { aggregateTradeId: String(touching.id), price: '112' },
    });
    expect(await stored()).toEqual({ ...before, events: before.events + 1, head: before.head + 1 });
  });

  test('a closure that the database refuses does not hold up the closures beside it', async () => {
    const trades = await Promise.all(
      Array.from({ length: 5 }, () => product.open(token, { ...LONG, symbol: 'NEWUSDT', takeProfit: '300', stopLoss: '10' })),
    );
    const [refused, ...rest] = trades;
    await plant('BEFORE UPDATE ON paper_trades', `NEW.id = '${refused?.id}'`, 'integrity_constraint_violation');
    await product.exchange.whenSubscribed(marketType, 'newusdt@aggTrade');
    product.exchange.tick({ marketType, symbol: 'NEWUSDT', price: '301' });
    for (const { id } of rest) expect(await product.whenClosed(id)).toMatchObject({ status: 'CLOSED_TP' });
    await until(() => product.logged.find(({ message }) => message.startsWith('the database refuses a closure')), 'the refusal');
    expect(await product.trade(refused?.id ?? '')).toMatchObject({ status: 'OPEN', signal: { status: 'ACTIVE' } });
  });
});

describe('a pending signal', () => {
  test('opens its trade when it is activated, and that trade closes', async () => {
    const id = await pending({ symbol: 'NEWUSDT', takeProfit: '400', stopLoss: '1', confidence: 0.9 });
    const before = await product.head();
    const { signal, trade, userErrors } = await product.activateSignal(token, id);
    expect(userErrors).toEqual([]);
    expect(signal).toMatchObject({ id, status: 'ACTIVE', leftOutReason: null });
    expect(trade).toMatchObject({ status: 'OPEN', signal: { id } });
    expect(Date.parse(trade?.entryTime ?? '')).toBeGreaterThanOrEqual(Date.parse(signal?.receivedAt ?? ''));
    expect((await eventsAfter(before)).map(({ __typename }) => __typename)).toEqual(['SignalStatusChanged', 'TradeOpened']);
    expect((await product.activateSignal(token, id)).userErrors).toMatchObject([{ field: ['id'], code: 'SIGNAL_NOT_PENDING' }]);
    await product.exchange.whenSubscribed(marketType, 'newusdt@aggTrade');
    product.exchange.tick({ marketType, symbol: 'NEWUSDT', price: '400' });
    expect(await product.whenClosed(trade?.id ?? '')).toMatchObject({ status: 'CLOSED_TP', signal: { status: 'CLOSED' } });
  });

  test('is left out at activation where the filter says so', async () => {
    const id = await pending({ confidence: 0.1 });
    expect(await product.activateSignal(token, id)).toMatchObject({
      signal: { status: 'ACTIVE', leftOutReason: 'CONFIDENCE_BELOW_MINIMUM' },
      trade: null,
      userErrors: [],
    });
  });

  test('is cancelled for good', async () => {
    const id = await pending();
    const before = await product.head();
    expect(await product.cancelSignal(token, id)).toMatchObject({ signal: { id, status: 'CANCELLED' }, trade: null, userErrors: [] });
    expect((await eventsAfter(before)).map(({ __typename }) => __typename)).toEqual(['SignalStatusChanged']);
    for (const change of [product.activateSignal(token, id), product.cancelSignal(token, id)]) {
      expect(await change).toMatchObject({ signal: null, userErrors: [{ field: ['id'], code: 'SIGNAL_NOT_PENDING' }] });
    }
  });

  test('activated and cancelled at once, 20 times: exactly one of the two happens', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = await pending();
      const [activated, cancelled] = await Promise.all([product.activateSignal(token, id), product.cancelSignal(token, id)]);
      const happened = [activated, cancelled].filter(({ userErrors }) => userErrors.length === 0);
      expect(happened).toHaveLength(1);
      const [row] = await product.sql<{ status: string; trades: number }>(
        `SELECT s.status, (SELECT count(*) FROM paper_trades t WHERE t.signal_id = s.id)::int AS trades FROM signals s WHERE id = $1`,
        [id],
      );
      expect(row).toEqual(activated.userErrors.length === 0 ? { status: 'ACTIVE', trades: 1 } : { status: 'CANCELLED', trades: 0 });
    }
  });
});

describe('refusals', () => {
  const exercised = new Set<string>();
  const change = async (answer: Promise<Payload>): Promise<readonly UserError[]> => (await answer).userErrors;
  const create = (input: object, by: string | null = token) => change(product.createSignal(by, input));
  const sendWith = (more: object) => create({ ...LONG, ...more });
  const PAST = '2020-01-01T00:00:00Z';

  const CASES: readonly [code: keyof typeof REFUSALS, field: string[], name: string, ask: () => Promise<readonly UserError[]>][] = [
    ['UNAUTHENTICATED', [], 'no token', () => create(LONG, null)],
    ['UNAUTHENTICATED', [], 'a made-up token', () => create(LONG, `bpt_live_${'A'.repeat(43)}_000000`)],
    ['UNAUTHENTICATED', [], 'a broken token, to activate', () => change(product.activateSignal(token.slice(0, -1), crypto.randomUUID()))],
    ['UNAUTHENTICATED', [], 'no token, to cancel', () => change(product.cancelSignal(null, crypto.randomUUID()))],
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
    const before = await stored();
    const userErrors = await ask();
    expect(userErrors.map((error) => ({ field: error.field, code: error.code }))).toEqual([{ field, code }]);
    expect(userErrors[0]?.message).toContain(REFUSALS[code]);
    exercised.add(code);
    if (field[0] !== 'id' && code !== 'EXTERNAL_ID_CONFLICT') expect(await stored()).toEqual(before);
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
