import { randomBytes } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { addBot, recordFaults } from '../../testkit/stored-record.ts';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import { idsFrom } from '../kernel/ids.ts';
import type { RecordEvent } from '../record/event.ts';
import { RecordStore } from '../record/record.store.ts';
import type { SymbolInfo } from '../ticks/symbol-list.ts';
import { AcceptSignal } from './accept-signal.ts';
import type { Acceptance, Market } from './accept-signal.ts';
import { ChangeSignal } from './change-signal.ts';
import type { SignalInput, SignalRules } from './signal.ts';
import { SignalsStore } from './signals.store.ts';

const RULES: SignalRules = {
  quoteAssets: ['USDT'],
  trackMarketTypes: ['SPOT', 'FUTURES'],
  trackMinConfidence: 0,
  positionSize: new Decimal(100),
  feeRates: { SPOT: new Decimal('0.001'), FUTURES: new Decimal('0.0005') },
  maxPriceAgeMs: 60_000,
  maxClockAheadMs: 5_000,
  maxHostClockOffMs: 1_000,
};
const GOOD: SignalInput = {
  symbol: 'BTCUSDT',
  marketType: 'FUTURES',
  direction: 'LONG',
  entryPrice: '100',
  takeProfit: '110',
  stopLoss: '90',
};
const PENDING: SignalInput = { ...GOOD, status: 'PENDING' };

let database: Awaited<ReturnType<typeof openFreshDatabase>>;
let [bot, other]: string[] = [];
let bots = 0;

beforeAll(async () => {
  database = await openFreshDatabase();
});

/** Each test has bots of its own; the record goes on through all tests and must be right after each. */
beforeEach(async () => {
  bot = await addBot(database.prisma, `bot-${(bots += 1)}`);
  other = await addBot(database.prisma, `bot-${(bots += 1)}`);
  return async () => expect(await recordFaults(database.prisma)).toEqual([]);
});

function open({
  rules = {},
  market = {},
}: { rules?: Partial<SignalRules>; market?: { price?: string; lastTradeId?: number; exchangeTimeMs?: number; info?: SymbolInfo } } = {}) {
  const clock = new ManualClock();
  const known: Market = {
    isListKnown: () => market.info !== undefined,
    symbolInfo: () => market.info,
    refresh: () => Promise.resolve(),
    freshPrice: () => market.price,
    lastTradeId: () => market.lastTradeId ?? null,
    exchangeTimeMs: () => market.exchangeTimeMs ?? null,
  };
  const store = new SignalsStore(database.prisma);
  const announced: (readonly RecordEvent[])[] = [];
  const answers: string[] = [];
  const announce = (events: readonly RecordEvent[]) => void announced.push(events);
  const parts = [store, known, { ...RULES, ...rules }, clock, idsFrom(clock, randomBytes), announce] as const;
  const accepting = new AcceptSignal(...parts, (botId, answer) => void answers.push(`${botId} ${answer}`));
  const changing = new ChangeSignal(...parts);
  return { accepting, changing, store, clock, answers, announced, announcements: () => announced.length };
}

const codesOf = ({ refusals }: Acceptance) => refusals.map(({ field, code }) => `${field.join('.')} ${code}`);
async function accept(accepting: AcceptSignal, botId: string, input: SignalInput): Promise<string> {
  const acceptance = await accepting.accept(botId, input);
  if (!acceptance.signal) throw new Error(`refused: ${codesOf(acceptance).join()}`);
  return acceptance.signal.id;
}
const countOf = async () => {
  const [signals, trades, events] = await Promise.all([
    database.prisma.signal.count(),
    database.prisma.paperTrade.count(),
    database.prisma.event.count(),
  ]);
  return { signals, trades, events };
};
/** What the record tells of a signal to whoever reads it now. */
const recordOf = async (signalId: string) =>
  (await new RecordStore(database.prisma).readAfter(0n, 100_000)).filter(({ signal }) => signal.id === signalId);
const eventsOf = async (signalId: string) =>
  (await database.prisma.event.findMany({ where: { signalId }, orderBy: { sequence: 'asc' } })).map(({ kind }) => kind);

describe('an active signal (I1, I5)', () => {
  test('is stored as sent, with its trade, its size and both events', async () => {
    const { accepting, store, clock, announced, announcements } = open({ market: { lastTradeId: 77, exchangeTimeMs: 1_767_229_200_123 } });
    const input: SignalInput = {
      ...GOOD,
      externalId: 'my-key',
      symbol: 'btcusdt',
      marketType: 'SPOT',
      entryPrice: '42500.50',
      takeProfit: '43350.510000000000000001',
      stopLoss: '0.000000000000000001',
      confidence: 0.1,
      timeframe: '1M',
      strategy: '币安 🚀',
      note: 'line\nline',
      sentAt: new Date('2025-12-31T23:59:59.999Z'),
      expiresAt: new Date('2026-01-02T00:00:00.001Z'),
    };
    const signal = await store.load(await accept(accepting, bot!, input));
    expect(announcements()).toBe(1);
    expect(announced.flat()).toEqual(await recordOf(signal!.id));
    expect(signal).toMatchObject({
      botId: bot,
      externalId: 'my-key',
      symbol: 'BTCUSDT',
      marketType: 'SPOT',
      direction: 'LONG',
      confidence: 0.1,
      timeframe: '1M',
      strategy: '币安 🚀',
      status: 'ACTIVE',
      note: 'line\nline',
      sentAt: input.sentAt,
      receivedAt: clock.now(),
      expiresAt: input.expiresAt,
      leftOutReason: null,
    });
    const trade = signal!.trade!;
    expect(trade).toMatchObject({
      userId: null,
      status: 'OPEN',
      symbol: 'BTCUSDT',
      marketType: 'SPOT',
      direction: 'LONG',
      entryTime: clock.now(),
      expiresAt: input.expiresAt,
    });
    const digits = { ...signal!, ...trade } as unknown as Record<string, { toFixed(): string } | null>;
    expect(
      Object.fromEntries(
        ['entryPrice', 'takeProfit', 'stopLoss', 'positionSize', 'quantity', 'feeRate'].map((name) => [name, digits[name]?.toFixed()]),
      ),
    ).toEqual({
      entryPrice: '42500.5',
      takeProfit: '43350.510000000000000001',
      stopLoss: '0.000000000000000001',
      positionSize: '100',
      quantity: '0.002352913495135351',
      feeRate: '0.001',
    });
    expect([trade.openedAfterTradeId, trade.exchangeTimeAtEntry, trade.marketPriceAtEntry]).toEqual([
      77n,
      new Date(1_767_229_200_123), // whatever the host's clock says
      null,
    ]);
    expect(await eventsOf(signal!.id)).toEqual(['SignalReceived', 'TradeOpened']);
  });

  test.each([1_000, -1_000])('is dated by the host’s clock alone where that is %i ms from the exchange’s', async (offMs) => {
    const { accepting, store } = open({ market: { exchangeTimeMs: new ManualClock().now().getTime() + offMs } });
    const signal = await store.load(await accept(accepting, bot!, GOOD));
    expect(signal!.trade!.exchangeTimeAtEntry).toBeNull();
  });

  test('without an entry price takes the market’s, and remembers it', async () => {
    const { accepting, store } = open({ market: { price: '100.250' } });
    const signal = await store.load(await accept(accepting, bot!, { ...GOOD, entryPrice: null }));
    expect([signal!.entryPrice.toFixed(), signal!.trade!.marketPriceAtEntry!.toFixed()]).toEqual(['100.25', '100.25']);
  });

  test.for<[string, Partial<SignalInput>, { price?: string }, string[]]>([
    ['no price is known', { entryPrice: null }, {}, ['entryPrice NO_MARKET_PRICE']],
    ['the market has passed the take profit', {}, { price: '110' }, ['takeProfit TAKE_PROFIT_ALREADY_REACHED']],
    ['the market has passed the stop', {}, { price: '90' }, ['stopLoss STOP_LOSS_ALREADY_REACHED']],
    ['the expiry is now', { expiresAt: new ManualClock().now() }, {}, ['expiresAt EXPIRY_IN_THE_PAST']],
    [
      'the quote asset and the expiry are wrong',
      { symbol: 'ETHBTC', expiresAt: new Date(0) },
      {},
      ['symbol QUOTE_ASSET_NOT_ALLOWED', 'expiresAt EXPIRY_IN_THE_PAST'],
    ],
    // 100 / 1e-18 is 1e20 units.
    [
      'the entry price is too small',
      { entryPrice: '0.000000000000000001', stopLoss: '0.0000000000000000005' },
      {},
      ['stopLoss INVALID_DECIMAL'],
    ],
    [
      'the quantity is too large',
      { direction: 'SHORT', entryPrice: '0.000000000000000001', takeProfit: '0.0', stopLoss: '2' },
      {},
      ['takeProfit INVALID_DECIMAL'],
    ],
    ['a pending one has no price to wait with', { entryPrice: null, status: 'PENDING' }, {}, ['entryPrice NO_MARKET_PRICE']],
    [
      'the market’s price is on the wrong side of the levels of a pending one',
      { entryPrice: null, status: 'PENDING' },
      { price: '120' },
      ['takeProfit TAKE_PROFIT_ON_WRONG_SIDE'],
    ],
  ])('is refused and leaves nothing where %s', async ([, change, market, codes]) => {
    const before = await countOf();
    const { accepting, announcements } = open({ market });
    expect(codesOf(await accepting.accept(bot!, { ...GOOD, ...change }))).toEqual(codes);
    expect(await countOf()).toEqual(before);
    expect(announcements()).toBe(0);
  });

  test('of the smallest price is refused where its quantity would not fit, and taken one step above', async () => {
    const { accepting, store } = open();
    const tiny: SignalInput = { ...GOOD, entryPrice: '0.000000000000000002', takeProfit: '1', stopLoss: '0.000000000000000001' };
    expect((await store.load(await accept(accepting, bot!, tiny)))!.trade!.quantity.toFixed()).toBe('50000000000000000000');
    const { accepting: larger } = open({ rules: { positionSize: new Decimal(200) } });
    expect(codesOf(await larger.accept(bot!, tiny))).toEqual(['entryPrice ENTRY_PRICE_TOO_SMALL']);
  });

  test('of the largest price is refused where its quantity would round to nothing, and taken one step below', async () => {
    const huge: SignalInput = { ...GOOD, entryPrice: '999999999999998', takeProfit: '999999999999999', stopLoss: '1' };
    const small = open({ rules: { positionSize: new Decimal('0.0005') } });
    expect((await small.store.load(await accept(small.accepting, bot!, huge)))!.trade!.quantity.toFixed()).toBe('0.000000000000000001');
    const smaller = open({ rules: { positionSize: new Decimal('0.0004') } });
    expect(codesOf(await smaller.accepting.accept(bot!, huge))).toEqual(['entryPrice ENTRY_PRICE_TOO_LARGE']);
    const fresh = open({ rules: { positionSize: new Decimal('0.0004') }, market: { price: huge.entryPrice! } });
    expect(codesOf(await fresh.accepting.accept(bot!, { ...huge, entryPrice: null }))).toEqual(['entryPrice ENTRY_PRICE_TOO_LARGE']);
  });
});

describe('left out by the operator’s filter: stored, shown, with its reason and without a trade', () => {
  test.for<[Partial<SignalRules>, Partial<SignalInput>, string | null]>([
    [{ trackMarketTypes: ['SPOT'] }, {}, 'MARKET_TYPE_NOT_TRACKED'],
    [{ trackMinConfidence: 0.6 }, { confidence: 0.59 }, 'CONFIDENCE_BELOW_MINIMUM'],
    [{ trackMinConfidence: 0.6 }, { confidence: 0.6 }, null],
    [{ trackMarketTypes: ['SPOT'], trackMinConfidence: 0.6 }, {}, 'MARKET_TYPE_NOT_TRACKED'],
    [{ trackMarketTypes: [] }, { marketType: 'SPOT' }, 'MARKET_TYPE_NOT_TRACKED'],
  ])('%j, %j: %s', async ([rules, change, reason]) => {
    const { accepting, changing, store } = open({ rules });
    const signal = await store.load(await accept(accepting, bot!, { ...GOOD, ...change }));
    expect(signal).toMatchObject({ status: 'ACTIVE', leftOutReason: reason });
    expect(signal!.trade === null).toBe(reason !== null);
    expect(await eventsOf(signal!.id)).toEqual(reason === null ? ['SignalReceived', 'TradeOpened'] : ['SignalReceived']);

    const pending = await accept(accepting, bot!, { ...PENDING, ...change });
    expect((await store.load(pending))!.leftOutReason).toBeNull();
    expect(await changing.activate(bot!, pending)).toEqual([]);
    const activated = await store.load(pending);
    expect(activated).toMatchObject({ status: 'ACTIVE', leftOutReason: reason });
    expect(activated!.trade === null).toBe(reason !== null);
  });
});

describe('externalId: once per bot', () => {
  test('20 at the same moment: one signal, one trade, the same answer to all', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { accepting, announcements } = open();
      const before = await countOf();
      const answers = await Promise.all(Array.from({ length: 20 }, () => accepting.accept(bot!, { ...GOOD, externalId: `same-${round}` })));
      expect(new Set(answers.map(({ signal }) => signal?.id)).size).toBe(1);
      expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect(answers.flatMap(codesOf)).toEqual([]);
      expect(await countOf()).toEqual({ signals: before.signals + 1, trades: before.trades + 1, events: before.events + 2 });
      expect(announcements()).toBe(1);
    }
  });

  test('20 with different content at the same moment: one is taken, each other conflicts', async () => {
    const { accepting } = open();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => accepting.accept(bot!, { ...GOOD, externalId: 'mine', takeProfit: `${110 + n}` })),
    );
    expect(answers.filter(({ signal }) => signal !== null)).toHaveLength(1);
    expect(answers.flatMap(codesOf)).toEqual(Array.from({ length: 19 }, () => 'externalId EXTERNAL_ID_CONFLICT'));
  });

  test('the same key of two bots are two signals', async () => {
    const { accepting } = open();
    expect(await accept(accepting, bot!, { ...GOOD, externalId: 'k' })).not.toBe(
      await accept(accepting, other!, { ...GOOD, externalId: 'k' }),
    );
  });

  test('without a key every sending counts', async () => {
    const { accepting } = open();
    expect(await accept(accepting, bot!, GOOD)).not.toBe(await accept(accepting, bot!, GOOD));
  });

  test.for<[string, Partial<SignalInput>]>([
    ['trailing zeros', { entryPrice: '100.00', takeProfit: '0110', stopLoss: '90.0' }],
    ['defaults spelled out', { confidence: 0.5, timeframe: '1h', strategy: 'default', status: 'ACTIVE', note: null }],
    ['case of the symbol', { symbol: ' btcusdt ' }],
    ['a new sentAt', { sentAt: new Date(0) }],
  ])('the same content by value is the same: %s', async ([, change]) => {
    const { accepting } = open();
    const first = await accept(accepting, bot!, { ...GOOD, externalId: 'k' });
    expect(await accepting.accept(bot!, { ...GOOD, externalId: 'k', ...change })).toMatchObject({
      signal: { id: first },
      duplicate: true,
      refusals: [],
    });
  });

  test.for<Partial<SignalInput>>([
    { symbol: 'ETHUSDT' },
    { marketType: 'SPOT' },
    { direction: 'SHORT', takeProfit: '90', stopLoss: '110' },
    { entryPrice: '100.000000000000000001' },
    { entryPrice: null },
    { takeProfit: '110.000000000000000001' },
    { stopLoss: '89.999999999999999999' },
    { confidence: 0.5000000000000001 },
    { timeframe: '1m' },
    { timeframe: '1M' },
    { strategy: 'Default' },
    { status: 'PENDING' },
    { note: '' },
    { expiresAt: new Date('2030-01-01T00:00:00Z') },
  ])('other content is a conflict: %j', async (change) => {
    const { accepting } = open({ market: { price: '100' } });
    await accept(accepting, bot!, { ...GOOD, externalId: 'k' });
    expect(codesOf(await accepting.accept(bot!, { ...GOOD, externalId: 'k', ...change }))).toEqual(['externalId EXTERNAL_ID_CONFLICT']);
  });

  test('a repetition is answered as before, whatever the market and the clock say by now', async () => {
    const { accepting, clock } = open({ market: { price: '100' } });
    const input = { ...GOOD, externalId: 'k', expiresAt: new Date(clock.now().getTime() + 1_000) };
    const first = await accept(accepting, bot!, input);
    clock.advance(5_000);
    const { accepting: later } = open({ market: { price: '500' } });
    for (const each of [accepting, later]) expect(await each.accept(bot!, input)).toMatchObject({ signal: { id: first }, duplicate: true });
  });

  test('a key of 128 characters beyond the basic plane', async () => {
    const { accepting, store } = open();
    const externalId = '🚀'.repeat(128);
    expect((await store.load(await accept(accepting, bot!, { ...GOOD, externalId })))!.externalId).toBe(externalId);
  });
});

describe('a pending signal', () => {
  test('has no trade; activated it gets one at its own entry price and the time of activation', async () => {
    const { accepting, changing, store, clock, announced, announcements } = open({ market: { price: '105', lastTradeId: 9 } });
    const id = await accept(accepting, bot!, PENDING);
    expect(await store.load(id)).toMatchObject({ status: 'PENDING', trade: null });
    expect(await eventsOf(id)).toEqual(['SignalReceived']);
    clock.advance(60_000);
    expect(await changing.activate(bot!, id)).toEqual([]);
    const { status, trade, receivedAt } = (await store.load(id))!;
    expect(status).toBe('ACTIVE');
    expect(trade!.entryTime.getTime() - receivedAt.getTime()).toBe(60_000);
    expect([toPlain(new Decimal(trade!.entryPrice.toFixed())), trade!.marketPriceAtEntry!.toFixed(), trade!.openedAfterTradeId]).toEqual([
      '100',
      '105',
      9n,
    ]);
    expect(await eventsOf(id)).toEqual(['SignalReceived', 'SignalStatusChanged', 'TradeOpened']);
    expect(announcements()).toBe(2);
    expect(announced[1]).toEqual((await recordOf(id)).slice(1));
  });

  test('cancelled stays so', async () => {
    const { accepting, changing, store, announced } = open();
    const id = await accept(accepting, bot!, PENDING);
    expect(announced[0]).toEqual(await recordOf(id));
    expect(await changing.cancel(bot!, id)).toEqual([]);
    expect(announced[1]).toEqual((await recordOf(id)).slice(1));
    expect(await store.load(id)).toMatchObject({ status: 'CANCELLED', trade: null });
    expect(await eventsOf(id)).toEqual(['SignalReceived', 'SignalStatusChanged']);
    for (const again of [changing.activate(bot!, id), changing.cancel(bot!, id)])
      expect(await again).toMatchObject([{ field: ['id'], code: 'SIGNAL_NOT_PENDING' }]);
  });

  test('is not found by another bot, nor by anything that is no id of it', async () => {
    const { accepting, changing, store, announcements } = open();
    const id = await accept(accepting, bot!, PENDING);
    const told = announcements();
    for (const wrong of [id.replace(/.$/, (last) => (last === '0' ? '1' : '0')), '', 'x', "'; --", '\0', bot!]) {
      expect(await changing.activate(bot!, wrong)).toMatchObject([{ field: ['id'], code: 'SIGNAL_NOT_FOUND' }]);
      expect(await changing.cancel(bot!, wrong)).toMatchObject([{ code: 'SIGNAL_NOT_FOUND' }]);
    }
    expect(await changing.activate(other!, id)).toMatchObject([{ code: 'SIGNAL_NOT_FOUND' }]);
    expect(await changing.cancel(other!, id)).toMatchObject([{ code: 'SIGNAL_NOT_FOUND' }]);
    expect(await store.load(id)).toMatchObject({ status: 'PENDING' });
    expect(announcements()).toBe(told);
  });

  test('cannot be activated after its expiry or past its levels, and stays pending then', async () => {
    const { accepting, changing, store, clock } = open();
    const id = await accept(accepting, bot!, { ...PENDING, expiresAt: new Date(clock.now().getTime() + 1_000) });
    const { changing: past } = open({ market: { price: '110' } });
    expect(await past.activate(bot!, id)).toMatchObject([{ field: ['id'], code: 'TAKE_PROFIT_ALREADY_REACHED' }]);
    clock.advance(1_000);
    expect(await changing.activate(bot!, id)).toMatchObject([{ field: ['id'], code: 'EXPIRY_IN_THE_PAST' }]);
    expect(await store.load(id)).toMatchObject({ status: 'PENDING', trade: null });
    expect(await changing.cancel(bot!, id)).toEqual([]);
  });

  test('cannot be activated while its symbol is halted or after its end, and stays pending then', async () => {
    const id = await accept(open().accepting, bot!, PENDING);
    const { marketType, symbol } = PENDING;
    const info: SymbolInfo = { marketType, symbol, status: 'SETTLING', trading: false, quoteAsset: 'USDT', tickSize: '0.01' };
    const { changing, store } = open({ market: { info } });
    const refusal = { field: ['id'], code: 'SYMBOL_NOT_TRADING', message: expect.stringContaining('SETTLING') };
    expect(await changing.activate(bot!, id)).toMatchObject([refusal]);
    expect(await store.load(id)).toMatchObject({ status: 'PENDING', trade: null });
    expect(await open({ market: { info: { ...info, status: 'TRADING', trading: true } } }).changing.activate(bot!, id)).toEqual([]);
  });

  test('cannot be activated once the operator’s position size gives it no quantity that can be held, and stays pending then', async () => {
    const { accepting, store } = open();
    const huge = await accept(accepting, bot!, { ...PENDING, entryPrice: '999999999999998', takeProfit: '999999999999999' });
    const tiny = await accept(accepting, bot!, { ...PENDING, entryPrice: '0.000000000000000002', stopLoss: '0.000000000000000001' });
    const codesFor = async (positionSize: string, id: string) =>
      (await open({ rules: { positionSize: new Decimal(positionSize) } }).changing.activate(bot!, id)).map(
        ({ field, code }) => `${field.join('.')} ${code}`,
      );
    expect(await codesFor('0.0004', huge)).toEqual(['id ENTRY_PRICE_TOO_LARGE']);
    expect(await codesFor('200', tiny)).toEqual(['id ENTRY_PRICE_TOO_SMALL']);
    for (const id of [huge, tiny]) expect((await store.load(id))!.status).toBe('PENDING');
  });

  test('an active signal can be neither activated nor cancelled', async () => {
    const { accepting, changing } = open();
    const id = await accept(accepting, bot!, GOOD);
    for (const change of [changing.activate(bot!, id), changing.cancel(bot!, id)])
      expect(await change).toMatchObject([{ code: 'SIGNAL_NOT_PENDING' }]);
  });

  test('20 activations at the same moment open one trade', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { accepting, changing, announcements } = open();
      const id = await accept(accepting, bot!, PENDING);
      const answers = await Promise.all(Array.from({ length: 20 }, () => changing.activate(bot!, id)));
      expect(answers.filter((refusals) => refusals.length === 0)).toHaveLength(1);
      expect(answers.flat().map(({ code }) => code)).toEqual(Array.from({ length: 19 }, () => 'SIGNAL_NOT_PENDING'));
      expect(await database.prisma.paperTrade.count({ where: { signalId: id } })).toBe(1);
      expect(announcements()).toBe(2);
    }
  });

  test('activation against cancellation: exactly one wins, and its event alone is told', async () => {
    const { accepting, changing, store } = open();
    for (let round = 0; round < 30; round += 1) {
      const id = await accept(accepting, bot!, PENDING);
      const changes =
        round % 2 === 0
          ? [changing.activate(bot!, id), changing.cancel(bot!, id)]
          : [changing.cancel(bot!, id), changing.activate(bot!, id)];
      const answers = await Promise.all(changes);
      expect(answers.filter((refusals) => refusals.length === 0)).toHaveLength(1);
      const { status, trade } = (await store.load(id))!;
      expect(trade === null).toBe(status === 'CANCELLED');
      expect(await eventsOf(id)).toEqual(
        status === 'CANCELLED' ? ['SignalReceived', 'SignalStatusChanged'] : ['SignalReceived', 'SignalStatusChanged', 'TradeOpened'],
      );
    }
  });
});

describe('all or nothing (I5)', () => {
  /** Makes the database fail at one point of a write. */
  async function failAt<T>(table: string, when: string, work: () => Promise<T>): Promise<T> {
    await database.pool.query(`
      CREATE FUNCTION injected_fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER injected_fault BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION injected_fault()`);
    return work().finally(() => database.pool.query(`DROP TRIGGER injected_fault ON ${table}; DROP FUNCTION injected_fault()`));
  }

  test.for([
    ['signals', 'true'],
    ['paper_trades', 'true'],
    ['record_head', 'true'],
    ['events', "NEW.kind = 'SignalReceived'"],
    ['events', "NEW.kind = 'TradeOpened'"],
  ])('a fault in %s where %s leaves neither signal nor trade nor event', async ([table, when]) => {
    const { accepting, announcements } = open();
    const before = await countOf();
    await failAt(table!, when!, () => expect(accepting.accept(bot!, { ...GOOD, externalId: 'k' })).rejects.toThrow('injected'));
    expect(await countOf()).toEqual(before);
    expect(announcements()).toBe(0);
    // Sent again it is taken as if nothing had been.
    expect(await accepting.accept(bot!, { ...GOOD, externalId: 'k' })).toMatchObject({ duplicate: false, refusals: [] });
  });

  test.for([
    ['paper_trades', 'true'],
    ['record_head', 'true'],
    ['events', "NEW.kind = 'TradeOpened'"],
  ])('a fault in %s where %s leaves a pending signal pending', async ([table, when]) => {
    const { accepting, changing, store } = open();
    const id = await accept(accepting, bot!, PENDING);
    const before = await countOf();
    await failAt(table!, when!, () => expect(changing.activate(bot!, id)).rejects.toThrow('injected'));
    expect(await countOf()).toEqual(before);
    expect(await store.load(id)).toMatchObject({ status: 'PENDING', leftOutReason: null });
    expect(await changing.activate(bot!, id)).toEqual([]);
  });
});

test('50 signals at once from five bots, pending ones activated and cancelled in between: no hole in the record (I5)', async () => {
  const { accepting, changing } = open();
  const senders = [bot!, other!, ...(await Promise.all(['x', 'y', 'z'].map((name) => addBot(database.prisma, `${name}-${bots}`))))];
  const before = await countOf();
  await Promise.all(
    Array.from({ length: 50 }, async (_, n) => {
      const sender = senders[n % 5]!;
      const id = await accept(accepting, sender, { ...(n % 3 === 0 ? PENDING : GOOD), externalId: `n${n}`, symbol: `S${n}USDT` });
      if (n % 6 === 0) expect(await changing.activate(sender, id)).toEqual([]);
      else if (n % 3 === 0) expect(await changing.cancel(sender, id)).toEqual([]);
    }),
  );
  const after = await countOf();
  // 33 active ones, 9 activated, 8 cancelled.
  expect([after.signals - before.signals, after.trades - before.trades, after.events - before.events]).toEqual([50, 42, 50 + 17 + 42]);
  // Of one signal the receipt is told before the trade.
  const [{ wrong } = { wrong: -1 }] = await database.prisma.$queryRaw<{ wrong: number }[]>`
    SELECT count(*)::int AS wrong FROM events a JOIN events b ON a.signal_id = b.signal_id
    WHERE a.kind = 'SignalReceived' AND b.kind <> 'SignalReceived' AND b.sequence < a.sequence`;
  expect(wrong).toBe(0);
});
