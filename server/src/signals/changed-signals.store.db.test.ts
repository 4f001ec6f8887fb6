import { describe, expect, test } from 'vitest';
import { GOOD, PENDING, signalIntake } from '../../testkit/signal-intake.ts';
import { addBot } from '../../testkit/stored-record.ts';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import type { SymbolInfo } from '../ticks/symbol-list.ts';

const { database, the, open, accept, countOf, recordOf, eventsOf } = await signalIntake();

describe('a pending signal', () => {
  test('has no trade; activated it gets one at its own entry price and the time of activation', async () => {
    const { accepting, changing, store, clock, announced, announcements } = open({ market: { price: '105', lastTradeId: 9 } });
    const id = await accept(accepting, the.bot, PENDING);
    expect(await store.load(id)).toMatchObject({ status: 'PENDING', trade: null });
    expect(await eventsOf(id)).toEqual(['SignalReceived']);
    clock.advance(60_000);
    expect(await changing.activate(the.bot, id)).toEqual([]);
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
    const id = await accept(accepting, the.bot, PENDING);
    expect(announced[0]).toEqual(await recordOf(id));
    expect(await changing.cancel(the.bot, id)).toEqual([]);
    expect(announced[1]).toEqual((await recordOf(id)).slice(1));
    expect(await store.load(id)).toMatchObject({ status: 'CANCELLED', trade: null });
    expect(await eventsOf(id)).toEqual(['SignalReceived', 'SignalStatusChanged']);
    for (const again of [changing.activate(the.bot, id), changing.cancel(the.bot, id)])
      expect(await again).toMatchObject([{ field: ['id'], code: 'SIGNAL_NOT_PENDING' }]);
  });

  test('is not found by another bot, nor by anything that is no id of it', async () => {
    const { accepting, changing, store, announcements } = open();
    const id = await accept(accepting, the.bot, PENDING);
    const told = announcements();
    for (const wrong of [id.replace(/.$/, (last) => (last === '0' ? '1' : '0')), '', 'x', "'; --", '\0', the.bot]) {
      expect(await changing.activate(the.bot, wrong)).toMatchObject([{ field: ['id'], code: 'SIGNAL_NOT_FOUND' }]);
      expect(await changing.cancel(the.bot, wrong)).toMatchObject([{ code: 'SIGNAL_NOT_FOUND' }]);
    }
    expect(await changing.activate(the.other, id)).toMatchObject([{ code: 'SIGNAL_NOT_FOUND' }]);
    expect(await changing.cancel(the.other, id)).toMatchObject([{ code: 'SIGNAL_NOT_FOUND' }]);
    expect(await store.load(id)).toMatchObject({ status: 'PENDING' });
    expect(announcements()).toBe(told);
  });

  test('cannot be activated after its expiry or past its levels, and stays pending then', async () => {
    const { accepting, changing, store, clock } = open();
    const id = await accept(accepting, the.bot, { ...PENDING, expiresAt: new Date(clock.now().getTime() + 1_000) });
    const { changing: past } = open({ market: { price: '110' } });
    expect(await past.activate(the.bot, id)).toMatchObject([{ field: ['id'], code: 'TAKE_PROFIT_ALREADY_REACHED' }]);
    clock.advance(1_000);
    expect(await changing.activate(the.bot, id)).toMatchObject([{ field: ['id'], code: 'EXPIRY_IN_THE_PAST' }]);
    expect(await store.load(id)).toMatchObject({ status: 'PENDING', trade: null });
    expect(await changing.cancel(the.bot, id)).toEqual([]);
  });

  test('cannot be activated while its symbol is halted or after its end, and stays pending then', async () => {
    const id = await accept(open().accepting, the.bot, PENDING);
    const { marketType, symbol } = PENDING;
    const info: SymbolInfo = { marketType, symbol, status: 'SETTLING', trading: false, quoteAsset: 'USDT', tickSize: '0.01' };
    const { changing, store } = open({ market: { info } });
    const refusal = { field: ['id'], code: 'SYMBOL_NOT_TRADING', message: expect.stringContaining('SETTLING') };
    expect(await changing.activate(the.bot, id)).toMatchObject([refusal]);
    expect(await store.load(id)).toMatchObject({ status: 'PENDING', trade: null });
    expect(await open({ market: { info: { ...info, status: 'TRADING', trading: true } } }).changing.activate(the.bot, id)).toEqual([]);
  });

  test('cannot be activated once the operator’s position size gives it no quantity that can be held, and stays pending then', async () => {
    const { accepting, store } = open();
    const huge = await accept(accepting, the.bot, { ...PENDING, entryPrice: '999999999999998', takeProfit: '999999999999999' });
    const tiny = await accept(accepting, the.bot, { ...PENDING, entryPrice: '0.000000000000000002', stopLoss: '0.000000000000000001' });
    const codesFor = async (positionSize: string, id: string) =>
      (await open({ rules: { positionSize: new Decimal(positionSize) } }).changing.activate(the.bot, id)).map(
        ({ field, code }) => `${field.join('.')} ${code}`,
      );
    expect(await codesFor('0.0004', huge)).toEqual(['id ENTRY_PRICE_TOO_LARGE']);
    expect(await codesFor('200', tiny)).toEqual(['id ENTRY_PRICE_TOO_SMALL']);
    for (const id of [huge, tiny]) expect((await store.load(id))!.status).toBe('PENDING');
  });

  test('an active signal can be neither activated nor cancelled', async () => {
    const { accepting, changing } = open();
    const id = await accept(accepting, the.bot, GOOD);
    for (const change of [changing.activate(the.bot, id), changing.cancel(the.bot, id)])
      expect(await change).toMatchObject([{ code: 'SIGNAL_NOT_PENDING' }]);
  });

  test('20 activations at the same moment open one trade', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { accepting, changing, announcements } = open();
      const id = await accept(accepting, the.bot, PENDING);
      const answers = await Promise.all(Array.from({ length: 20 }, () => changing.activate(the.bot, id)));
      expect(answers.filter((refusals) => refusals.length === 0)).toHaveLength(1);
      expect(answers.flat().map(({ code }) => code)).toEqual(Array.from({ length: 19 }, () => 'SIGNAL_NOT_PENDING'));
      expect(await database.prisma.paperTrade.count({ where: { signalId: id } })).toBe(1);
      expect(announcements()).toBe(2);
    }
  });

  test('activation against cancellation: exactly one wins, and its event alone is told', async () => {
    const { accepting, changing, store } = open();
    for (let round = 0; round < 30; round += 1) {
      const id = await accept(accepting, the.bot, PENDING);
      const changes =
        round % 2 === 0
          ? [changing.activate(the.bot, id), changing.cancel(the.bot, id)]
          : [changing.cancel(the.bot, id), changing.activate(the.bot, id)];
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
    await failAt(table!, when!, () => expect(accepting.accept(the.bot, { ...GOOD, externalId: 'k' })).rejects.toThrow('injected'));
    expect(await countOf()).toEqual(before);
    expect(announcements()).toBe(0);
    // Sent again it is taken as if nothing had been.
    expect(await accepting.accept(the.bot, { ...GOOD, externalId: 'k' })).toMatchObject({ duplicate: false, refusals: [] });
  });

  test.for([
    ['paper_trades', 'true'],
    ['record_head', 'true'],
    ['events', "NEW.kind = 'TradeOpened'"],
  ])('a fault in %s where %s leaves a pending signal pending', async ([table, when]) => {
    const { accepting, changing, store } = open();
    const id = await accept(accepting, the.bot, PENDING);
    const before = await countOf();
    await failAt(table!, when!, () => expect(changing.activate(the.bot, id)).rejects.toThrow('injected'));
    expect(await countOf()).toEqual(before);
    expect(await store.load(id)).toMatchObject({ status: 'PENDING', leftOutReason: null });
    expect(await changing.activate(the.bot, id)).toEqual([]);
  });
});

test('50 signals at once from five bots, pending ones activated and cancelled in between: no hole in the record (I5)', async () => {
  const { accepting, changing } = open();
  const senders = [the.bot, the.other, ...(await Promise.all(['x', 'y', 'z'].map((name) => addBot(database.prisma, `bot-${name}`))))];
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
