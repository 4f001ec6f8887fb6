import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RecordEvent, SignalInput } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { until } from '../../testkit/waiting.ts';

const marketType = 'FUTURES';
const SYMBOLS = [
  { marketType: 'SPOT', symbol: 'BTCUSDT', price: '100' },
  { marketType, symbol: 'BTCUSDT', price: '100' },
  { marketType, symbol: 'NEWUSDT' },
] as const;

const LONG = { symbol: 'BTCUSDT', marketType, direction: 'LONG', entryPrice: '100', takeProfit: '110', stopLoss: '90' } as const;

let product: Product;
let token: string;
let other: string;
beforeAll(async () => {
  product = await startProduct({ exchangeOptions: { symbols: SYMBOLS }, env: { TRACK_MIN_CONFIDENCE: '0.2' } });
  token = await product.bot('Signaller');
  other = await product.bot('Another');
  await product.symbolsKnown(token);
  await product.pricesKnown([{ marketType, symbol: 'BTCUSDT' }]);
});

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
    const before = await product.stored();
    const answers = await Promise.all(Array.from({ length: 20 }, () => product.createSignal(token, { ...LONG, externalId: 'twenty' })));
    expect(answers.filter(({ duplicate }) => duplicate)).toHaveLength(19);
    expect(new Set(answers.map(({ signal }) => signal?.id)).size).toBe(1);
    expect(new Set(answers.map(({ trade }) => trade?.id)).size).toBe(1);
    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(answers[0]?.trade?.status).toBe('OPEN');
    const { signals, trades, events, head } = before;
    expect(await product.stored()).toEqual({ signals: signals + 1, trades: trades + 1, events: events + 2, head: head + 2 });
  });

  test('in 20 calls at once with 20 contents: one is taken, 19 are in conflict', async () => {
    const before = await product.stored();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => product.createSignal(token, { ...LONG, externalId: 'contents', takeProfit: `11${index}` })),
    );
    expect(answers.filter(({ signal }) => signal !== null)).toHaveLength(1);
    const errors = answers.flatMap(({ userErrors }) => userErrors);
    expect(errors).toHaveLength(19);
    for (const error of errors) expect(error).toMatchObject({ field: ['externalId'], code: 'EXTERNAL_ID_CONFLICT' });
    expect((await product.stored()).trades).toBe(before.trades + 1);
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
    const before = await product.stored();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        product.createSignal(index % 2 ? token : other, { ...LONG, externalId: `hundred-${index}` }),
      ),
    );
    expect(answers.filter(({ trade }) => trade !== null)).toHaveLength(100);
    expect(await product.stored()).toEqual({
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
    const before = await product.stored();
    const mend = await plant(on, when);
    const input = { ...LONG, externalId: `fault in ${name}` };
    const { errors } = await product.request(
      `mutation ($input: CreateSignalInput!) { createSignal(input: $input) { signal { id } } }`,
      { input },
      token,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(JSON.stringify(errors)).not.toContain('planted');
    expect(await product.stored()).toEqual(before);

    // Nothing was kept that would stand in the way of sending it again.
    await mend();
    expect(await product.createSignal(token, input)).toMatchObject({ duplicate: false, trade: { status: 'OPEN' } });
    const { signals, trades, events, head } = before;
    expect(await product.stored()).toEqual({ signals: signals + 1, trades: trades + 1, events: events + 2, head: head + 2 });
  });

  test('a fault in an activation leaves the signal pending, without a trade', async () => {
    const id = await pending();
    const before = await product.stored();
    const mend = await plant('BEFORE INSERT ON events', `NEW.kind = 'TradeOpened'`);
    const { errors } = await product.request(`mutation ($id: ID!) { activateSignal(id: $id) { signal { id } } }`, { id }, token);
    expect(errors).toHaveLength(1);
    expect(await product.stored()).toEqual(before);
    expect(await product.query('query ($id: ID!) { signal(id: $id) { status trade { id } } }', { id })).toEqual({
      signal: { status: 'PENDING', trade: null },
    });
    await mend();
    expect(await product.activateSignal(token, id)).toMatchObject({ signal: { status: 'ACTIVE' }, trade: { status: 'OPEN' } });
  });

  test('a fault in a closure leaves the trade open and the signal active; it closes by the same tick as soon as the fault is gone', async () => {
    const trade = await product.open(token, { ...LONG, symbol: 'NEWUSDT' });
    await product.exchange.whenSubscribed(marketType, 'newusdt@aggTrade');
    const before = await product.stored();
    const mend = await plant('BEFORE INSERT ON events', `NEW.kind = 'TradeClosed'`);
    const touching = product.exchange.tick({ marketType, symbol: 'NEWUSDT', price: '112' });
    await until(() => product.logged.find(({ message }) => message === 'closures could not be written'), 'the failed write');
    product.exchange.tick({ marketType, symbol: 'NEWUSDT', price: '50' });
    expect(await product.stored()).toEqual(before);
    expect(await product.trade(trade.id)).toMatchObject({ status: 'OPEN', signal: { status: 'ACTIVE' }, realizedPnl: null });
    await mend();
    expect(await product.whenClosed(trade.id)).toMatchObject({
      status: 'CLOSED_TP',
      closedBy: { aggregateTradeId: String(touching.id), price: '112' },
    });
    expect(await product.stored()).toEqual({ ...before, events: before.events + 1, head: before.head + 1 });
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
