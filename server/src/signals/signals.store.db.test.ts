import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { codesOf, GOOD, PENDING, signalIntake } from '../../testkit/signal-intake.ts';
import { Decimal } from '../kernel/decimal.ts';
import type { SignalInput, SignalRules } from './signal.ts';

const { the, open, accept, countOf, recordOf, eventsOf } = await signalIntake();

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
    const signal = await store.load(await accept(accepting, the.bot, input));
    expect(announcements()).toBe(1);
    expect(announced.flat()).toEqual(await recordOf(signal!.id));
    expect(signal).toMatchObject({
      botId: the.bot,
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
    const signal = await store.load(await accept(accepting, the.bot, GOOD));
    expect(signal!.trade!.exchangeTimeAtEntry).toBeNull();
  });

  test('without an entry price takes the market’s, and remembers it', async () => {
    const { accepting, store } = open({ market: { price: '100.250' } });
    const signal = await store.load(await accept(accepting, the.bot, { ...GOOD, entryPrice: null }));
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
    expect(codesOf(await accepting.accept(the.bot, { ...GOOD, ...change }))).toEqual(codes);
    expect(await countOf()).toEqual(before);
    expect(announcements()).toBe(0);
  });

  test('of the smallest price is refused where its quantity would not fit, and taken one step above', async () => {
    const { accepting, store } = open();
    const tiny: SignalInput = { ...GOOD, entryPrice: '0.000000000000000002', takeProfit: '1', stopLoss: '0.000000000000000001' };
    expect((await store.load(await accept(accepting, the.bot, tiny)))!.trade!.quantity.toFixed()).toBe('50000000000000000000');
    const { accepting: larger } = open({ rules: { positionSize: new Decimal(200) } });
    expect(codesOf(await larger.accept(the.bot, tiny))).toEqual(['entryPrice ENTRY_PRICE_TOO_SMALL']);
  });

  test('of the largest price is refused where its quantity would round to nothing, and taken one step below', async () => {
    const huge: SignalInput = { ...GOOD, entryPrice: '999999999999998', takeProfit: '999999999999999', stopLoss: '1' };
    const small = open({ rules: { positionSize: new Decimal('0.0005') } });
    expect((await small.store.load(await accept(small.accepting, the.bot, huge)))!.trade!.quantity.toFixed()).toBe('0.000000000000000001');
    const smaller = open({ rules: { positionSize: new Decimal('0.0004') } });
    expect(codesOf(await smaller.accepting.accept(the.bot, huge))).toEqual(['entryPrice ENTRY_PRICE_TOO_LARGE']);
    const fresh = open({ rules: { positionSize: new Decimal('0.0004') }, market: { price: huge.entryPrice! } });
    expect(codesOf(await fresh.accepting.accept(the.bot, { ...huge, entryPrice: null }))).toEqual(['entryPrice ENTRY_PRICE_TOO_LARGE']);
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
    const signal = await store.load(await accept(accepting, the.bot, { ...GOOD, ...change }));
    expect(signal).toMatchObject({ status: 'ACTIVE', leftOutReason: reason });
    expect(signal!.trade === null).toBe(reason !== null);
    expect(await eventsOf(signal!.id)).toEqual(reason === null ? ['SignalReceived', 'TradeOpened'] : ['SignalReceived']);

    const pending = await accept(accepting, the.bot, { ...PENDING, ...change });
    expect((await store.load(pending))!.leftOutReason).toBeNull();
    expect(await changing.activate(the.bot, pending)).toEqual([]);
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
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => accepting.accept(the.bot, { ...GOOD, externalId: `same-${round}` })),
      );
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
      Array.from({ length: 20 }, (_, n) => accepting.accept(the.bot, { ...GOOD, externalId: 'mine', takeProfit: `${110 + n}` })),
    );
    expect(answers.filter(({ signal }) => signal !== null)).toHaveLength(1);
    expect(answers.flatMap(codesOf)).toEqual(Array.from({ length: 19 }, () => 'externalId EXTERNAL_ID_CONFLICT'));
  });

  test('the same key of two bots are two signals', async () => {
    const { accepting } = open();
    expect(await accept(accepting, the.bot, { ...GOOD, externalId: 'k' })).not.toBe(
      await accept(accepting, the.other, { ...GOOD, externalId: 'k' }),
    );
  });

  test('without a key every sending counts', async () => {
    const { accepting } = open();
    expect(await accept(accepting, the.bot, GOOD)).not.toBe(await accept(accepting, the.bot, GOOD));
  });

  test.for<[string, Partial<SignalInput>]>([
    ['trailing zeros', { entryPrice: '100.00', takeProfit: '0110', stopLoss: '90.0' }],
    ['defaults spelled out', { confidence: 0.5, timeframe: '1h', strategy: 'default', status: 'ACTIVE', note: null }],
    ['case of the symbol', { symbol: ' btcusdt ' }],
    ['a new sentAt', { sentAt: new Date(0) }],
  ])('the same content by value is the same: %s', async ([, change]) => {
    const { accepting } = open();
    const first = await accept(accepting, the.bot, { ...GOOD, externalId: 'k' });
    expect(await accepting.accept(the.bot, { ...GOOD, externalId: 'k', ...change })).toMatchObject({
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
    await accept(accepting, the.bot, { ...GOOD, externalId: 'k' });
    expect(codesOf(await accepting.accept(the.bot, { ...GOOD, externalId: 'k', ...change }))).toEqual(['externalId EXTERNAL_ID_CONFLICT']);
  });

  test('a repetition is answered as before, whatever the market and the clock say by now', async () => {
    const { accepting, clock } = open({ market: { price: '100' } });
    const input = { ...GOOD, externalId: 'k', expiresAt: new Date(clock.now().getTime() + 1_000) };
    const first = await accept(accepting, the.bot, input);
    clock.advance(5_000);
    const { accepting: later } = open({ market: { price: '500' } });
    for (const each of [accepting, later])
      expect(await each.accept(the.bot, input)).toMatchObject({ signal: { id: first }, duplicate: true });
  });

  test('a key of 128 characters beyond the basic plane', async () => {
    const { accepting, store } = open();
    const externalId = '🚀'.repeat(128);
    expect((await store.load(await accept(accepting, the.bot, { ...GOOD, externalId })))!.externalId).toBe(externalId);
  });
});
