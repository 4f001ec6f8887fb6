import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { addBot, closeTrade, closureFor, newSignal, openTrade, recordFaults, T0 } from '../../testkit/stored-record.ts';
import type { OpenedTrade } from '../../testkit/stored-record.ts';
import { Decimal } from '../kernel/decimal.ts';
import { SignalsStore } from '../signals/signals.store.ts';

/**
 * The rules of the record are in the database itself, so they are tried as somebody would who bypasses the server: with plain SQL.
 * Every statement is put into a transaction that is rolled back, whatever comes of it.
 */
let database: Awaited<ReturnType<typeof openFreshDatabase>>;
let bot: string;
let open: OpenedTrade;
let short: OpenedTrade;
let closed: OpenedTrade;
let pendingId: string;

beforeAll(async () => {
  database = await openFreshDatabase();
  const { prisma } = database;
  bot = await addBot(prisma);
  open = await openTrade(prisma, bot, { externalId: 'taken', expiresAt: new Date(T0 + 1e9) });
  short = await openTrade(prisma, bot, { direction: 'SHORT', takeProfit: new Decimal(90), stopLoss: new Decimal(110), marketType: 'SPOT' });
  closed = await openTrade(prisma, bot);
  await closeTrade(prisma, closed, 'CLOSED_TP');
  const pending = newSignal(bot, { status: 'PENDING' });
  await new SignalsStore(prisma).insert(pending, null);
  pendingId = pending.id;
});
beforeEach(() => async () => expect(await recordFaults(database.prisma)).toEqual([]));

/** What the database says to `sql`: the SQLSTATE with the name of the broken rule or the trigger's words, or "accepted". */
async function answerTo(sql: string): Promise<string> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    const { rowCount } = await client.query(sql);
    return rowCount === 0 ? 'met no row' : 'accepted';
  } catch (error) {
    const { code, constraint, column, message } = error as { code: string; constraint?: string; column?: string; message: string };
    return `${code} ${constraint ?? column ?? message}`;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

const literal = (value: unknown): string =>
  value === null ? 'NULL' : typeof value === 'number' ? `'${value}'` : `'${String(value).replaceAll("'", "''")}'`;
function insert(table: string, row: object): string {
  const values = Object.values(row).map((value: unknown) =>
    typeof value === 'object' && value && 'sql' in value ? String(value.sql) : literal(value),
  );
  return `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${values.join()})`;
}
const sql = (text: string) => ({ sql: text });
const change = (table: string, id: string, values: object) =>
  `UPDATE ${table} SET ${Object.entries(values)
    .map(
      ([column, value]: [string, unknown]) =>
        `${column} = ${typeof value === 'object' && value && 'sql' in value ? String(value.sql) : literal(value)}`,
    )
    .join()} WHERE id = '${id}'`;

/** Numbers that no price, size or quantity may be. */
const NEVER = ['NaN', 'Infinity', '-Infinity', '-1', '0', '-0.000000000000000001'];

describe('bots', () => {
  const row = { id: sql('gen_random_uuid()'), slug: 'free', name: 'Name', created_at: '2026-01-01' };
  test('one in order is taken', async () => expect(await answerTo(insert('bots', row))).toBe('accepted'));
  test.for(['', 'Upper', 'with space', '-a', 'a-', 'a--b', 'a_b', 'ä', 'a\n', 'a'.repeat(65)])('slug %j', async (slug) => {
    expect(await answerTo(insert('bots', { ...row, slug }))).toBe('23514 bots_slug_check');
  });
  test('slug twice', async () => expect(await answerTo(insert('bots', { ...row, slug: 'trend-rider' }))).toBe('23505 bots_slug_key'));
  test.for(['', 'x'.repeat(65)])('name %j', async (name) =>
    expect(await answerTo(insert('bots', { ...row, name }))).toBe('23514 bots_name_check'),
  );
  test('a bot with signals cannot go', async () => {
    expect(await answerTo(`DELETE FROM bots WHERE id = '${bot}'`)).toMatch(/^23(503|001) signals_bot_id_fkey/);
    expect(await answerTo('TRUNCATE bots CASCADE')).toContain('append-only');
  });
  describe('a token', () => {
    const token = {
      id: sql('gen_random_uuid()'),
      bot_id: '',
      hash: sql("sha256('x')"),
      scopes: '{signals:create}',
      slot: 1,
      created_at: '2026-01-01',
    };
    const tokenOf = (more: object = {}): string => insert('bot_tokens', { ...token, bot_id: bot, ...more });
    const another = { hash: sql("sha256('y')") };

    test('is a hash of 32 bytes, known once', async () => {
      expect(await answerTo(tokenOf())).toBe('accepted');
      expect(await answerTo(tokenOf({ hash: sql("'bpt_live_secret'::bytea") }))).toBe('23514 bot_tokens_hash_check');
      expect(await answerTo(`${tokenOf()}; ${tokenOf({ slot: 2 })}`)).toBe('23505 bot_tokens_hash_key');
    });
    test.for(['{}', '{admin}', '{signals:create,admin}'])('may do what there is: not %s', async (scopes) =>
      expect(await answerTo(tokenOf({ scopes }))).toBe('23514 bot_tokens_scopes_check'),
    );
    test('is one of at most two valid ones of its bot', async () => {
      expect(await answerTo(`${tokenOf()}; ${tokenOf({ ...another, slot: 2 })}`)).toBe('accepted');
      expect(await answerTo(`${tokenOf()}; ${tokenOf(another)}`)).toBe('23505 bot_tokens_two_valid');
      expect(await answerTo(tokenOf({ slot: 3 }))).toBe('23514 bot_tokens_slot_check');
      expect(await answerTo(`${tokenOf({ revoked_at: '2026-01-02' })}; ${tokenOf(another)}`)).toBe('accepted');
    });
    test.for([
      ['revoked_at = NULL', 'stays revoked'],
      ["revoked_at = '2026-01-03'", 'stays revoked'],
      ["scopes = '{signals:change}'", 'cannot change'],
      ["hash = sha256('z')", 'cannot change'],
    ])('that was revoked does not come back: %s', async ([change, answer]) =>
      expect(
        await answerTo(`${tokenOf({ revoked_at: '2026-01-02' })}; UPDATE bot_tokens SET ${change} WHERE hash = sha256('x')`),
      ).toContain(answer),
    );
  });
});

describe('a signal', () => {
  const row = () => ({
    id: sql('gen_random_uuid()'),
    bot_id: bot,
    content_hash: sql("sha256('x')"),
    symbol: 'BTCUSDT',
    market_type: 'SPOT',
    direction: 'LONG',
    entry_price: 100,
    take_profit: 110,
    stop_loss: 90,
    confidence: 0.5,
    timeframe: '1h',
    strategy: 'default',
    status: 'ACTIVE',
    received_at: '2026-01-01',
  });
  const inserting = (values: object) => answerTo(insert('signals', { ...row(), ...values }));

  test('in order is taken', async () => expect(await inserting({})).toBe('accepted'));

  test.for(['entry_price', 'take_profit', 'stop_loss'].flatMap((column) => NEVER.map((value) => [column, value] as const)))(
    '%s %s',
    async ([column, value]) => {
      expect(await inserting({ [column]: value })).toMatch(new RegExp(`^(23514 signals_(${column}_check|levels)|22003 )`));
    },
  );
  test.for([
    ['take_profit', '1000000000000000', '23514 signals_take_profit_check'],
    ['take_profit', '999999999999999.999999999999999999', 'accepted'],
    ['take_profit', '1e30', '22003 numeric field overflow'],
    ['stop_loss', '0.000000000000000001', 'accepted'],
    // More digits than the column keeps would be rounded, here to 0.
    ['stop_loss', '0.0000000000000000004', '23514 signals_stop_loss_check'],
    ['confidence', 'NaN', '23514 signals_confidence_check'],
    ['confidence', 'Infinity', '23514 signals_confidence_check'],
    ['confidence', '1.0000000000000002', '23514 signals_confidence_check'],
    ['confidence', '-0.0000001', '23514 signals_confidence_check'],
    ['confidence', '0', 'accepted'],
    ['confidence', '1', 'accepted'],
    ['symbol', '', '23514 signals_symbol_check'],
    ['symbol', 'X'.repeat(65), '23514 signals_symbol_check'],
    ['symbol', '🚀'.repeat(64), 'accepted'],
    ['market_type', 'OPTIONS', '23514 signals_market_type_check'],
    ['direction', 'long', '23514 signals_direction_check'],
    ['timeframe', '2m', '23514 signals_timeframe_check'],
    ['timeframe', '1M', 'accepted'],
    ['strategy', '', '23514 signals_strategy_check'],
    ['strategy', '🚀'.repeat(65), '23514 signals_strategy_check'],
    ['note', 'x'.repeat(501), '23514 signals_note_check'],
    ['note', '', 'accepted'],
    ['external_id', '', '23514 signals_external_id_check'],
    ['external_id', 'x'.repeat(129), '23514 signals_external_id_check'],
    ['external_id', 'taken', '23505 signals_bot_id_external_id_key'],
    ['left_out_reason', '', '23514 signals_left_out_reason_check'],
    ['status', 'OPEN', '23000 a signal is created PENDING or ACTIVE'],
    ['status', 'CLOSED', '23000 a signal is created PENDING or ACTIVE'],
    ['status', 'CANCELLED', '23000 a signal is created PENDING or ACTIVE'],
    ['content_hash', '', '23514 signals_content_hash_check'],
    ['bot_id', '0192f1c0-0000-7000-8000-000000000000', '23503 signals_bot_id_fkey'],
  ] as const)('%s %s: %s', async ([column, value, answer]) => {
    expect(await inserting({ [column]: value })).toBe(answer);
  });

  test.for([
    ['LONG', 100, 100, 90],
    ['LONG', 100, 110, 100],
    ['LONG', 100, 90, 110],
    ['SHORT', 100, 110, 90],
    ['SHORT', 100, 100, 110],
    ['SHORT', 100, 90, 100],
  ] as const)('%s from %d with take profit %d and stop %d', async ([direction, entry_price, take_profit, stop_loss]) => {
    expect(await inserting({ direction, entry_price, take_profit, stop_loss })).toBe('23514 signals_levels');
  });

  test.for([
    'id',
    'bot_id',
    'content_hash',
    'symbol',
    'market_type',
    'direction',
    'entry_price',
    'take_profit',
    'stop_loss',
    'confidence',
    'timeframe',
    'strategy',
    'status',
    'received_at',
  ])('without %s', async (column) => {
    expect(await inserting({ [column]: null })).toBe(`23502 ${column}`);
  });

  test('its content never changes, not even together with a legal move', async () => {
    const other = {
      id: sql('gen_random_uuid()'),
      external_id: 'other',
      content_hash: sql("sha256('y')"),
      symbol: 'ETHUSDT',
      market_type: 'SPOT',
      direction: 'LONG',
      entry_price: 101,
      take_profit: 111,
      stop_loss: 91,
      confidence: 0.6,
      timeframe: '1m',
      strategy: 'other',
      note: 'other',
      sent_at: '2026-01-02',
      received_at: '2026-01-02',
      expires_at: '2027-01-02',
    };
    for (const [column, value] of Object.entries(other).filter(([each]) => each !== 'direction')) {
      expect(await answerTo(change('signals', pendingId, { status: 'ACTIVE', [column]: value })), column).toContain(
        'content cannot change',
      );
      expect(await answerTo(change('signals', pendingId, { [column]: value })), column).toContain('cannot go from PENDING to PENDING');
    }
    expect(
      await answerTo(change('signals', pendingId, { status: 'ACTIVE', direction: 'SHORT', take_profit: 90, stop_loss: 110 })),
    ).toContain('content cannot change');
    expect(await answerTo(change('signals', pendingId, { status: 'ACTIVE', take_profit: '110.000000000000000001' }))).toContain(
      'content cannot change',
    );
  });

  test('its status makes these moves and no other', async () => {
    const allowed = new Set(['PENDING ACTIVE', 'PENDING CANCELLED', 'ACTIVE CLOSED']);
    const cancelled = newSignal(bot, { status: 'PENDING' });
    const signals = new SignalsStore(database.prisma);
    await signals.insert(cancelled, null);
    await signals.cancel(cancelled.id, new Date(T0));
    const ids = { PENDING: pendingId, ACTIVE: open.signal.id, CLOSED: closed.signal.id, CANCELLED: cancelled.id };
    for (const [from, id] of Object.entries(ids)) {
      for (const to of Object.keys(ids)) {
        const answer = await answerTo(change('signals', id, { status: to }));
        expect(answer, `${from} to ${to}`).toBe(
          allowed.has(`${from} ${to}`) ? 'accepted' : `23000 a signal cannot go from ${from} to ${to}`,
        );
      }
    }
  });

  test('the reason it was left out for comes with its activation and never else', async () => {
    expect(await answerTo(change('signals', pendingId, { status: 'ACTIVE', left_out_reason: 'X' }))).toBe('accepted');
    expect(await answerTo(change('signals', pendingId, { status: 'CANCELLED', left_out_reason: 'X' }))).toContain('content cannot change');
    expect(await answerTo(change('signals', open.signal.id, { status: 'CLOSED', left_out_reason: 'X' }))).toContain(
      'content cannot change',
    );
  });

  test('it cannot be deleted', async () => {
    expect(await answerTo(`DELETE FROM signals WHERE id = '${pendingId}'`)).toContain('append-only: DELETE on signals refused');
    expect(await answerTo('TRUNCATE signals CASCADE')).toContain('append-only');
  });
});

describe('a trade is opened', () => {
  const row = () => ({
    id: sql('gen_random_uuid()'),
    signal_id: pendingId,
    symbol: 'BTCUSDT',
    market_type: 'SPOT',
    direction: 'LONG',
    status: 'OPEN',
    position_size: 100,
    quantity: 1,
    entry_price: 100,
    take_profit: 110,
    stop_loss: 90,
    fee_rate: 0.001,
    entry_time: '2026-01-01',
  });
  const inserting = (values: object) => answerTo(insert('paper_trades', { ...row(), ...values }));

  test('in order', async () => expect(await inserting({})).toBe('accepted'));
  test('once for a signal', async () => expect(await inserting({ signal_id: open.signal.id })).toBe('23505 paper_trades_signal_id_key'));
  test('for a signal that is there', async () => expect(await inserting({ signal_id: bot })).toBe('23503 paper_trades_signal_id_fkey'));

  test.for(['CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED', 'CLOSED_DELISTED'])('never as %s', async (status) => {
    const exit = {
      exit_price: 110,
      exit_time: '2026-01-02',
      gross_pnl: 10,
      fees: 0.21,
      realized_pnl: 9.79,
      realized_pnl_pct: 9.79,
      closed_sequence: 99,
      closed_source: 'LIVE',
      closed_price: 110,
    };
    expect(await inserting({ status, ...exit })).toBe('23000 a trade is created open');
  });

  test.for(
    ['position_size', 'quantity', 'entry_price', 'take_profit', 'stop_loss', 'market_price_at_entry'].flatMap((column) =>
      NEVER.map((value) => [column, value] as const),
    ),
  )('not with %s %s', async ([column, value]) => {
    expect(await inserting({ [column]: value })).toMatch(new RegExp(`^(23514 paper_trades_(${column}_check|levels|quantity)|22003 )`));
  });
  test.for([
    ['position_size', '1000000000.000000000000000001', '23514 paper_trades_position_size_check'],
    ['quantity', '100000000000000000000', '22003 numeric field overflow'],
    ['entry_price', '1000000000000000', '23514 paper_trades_entry_price_check'],
    ['take_profit', '1000000000000000', '23514 paper_trades_take_profit_check'],
    ['market_price_at_entry', '1000000000000000', '23514 paper_trades_market_price_at_entry_check'],
    ['fee_rate', 'NaN', '23514 paper_trades_fee_rate_check'],
    ['fee_rate', '1', '23514 paper_trades_fee_rate_check'],
    ['fee_rate', '-0.0001', '23514 paper_trades_fee_rate_check'],
    ['fee_rate', '0', 'accepted'],
    ['opened_after_trade_id', '-1', '23514 paper_trades_opened_after_trade_id_check'],
    ['status', 'CLOSED', '23000 a trade is created open'],
    ['direction', 'FLAT', '23514 paper_trades_direction_check'],
    ['market_type', 'MARGIN', '23514 paper_trades_market_type_check'],
    ['symbol', '', '23514 paper_trades_symbol_check'],
    ['quantity', '1.000000000000000001', '23514 paper_trades_quantity'],
    ['quantity', '0.999999999999999999', '23514 paper_trades_quantity'],
    ['position_size', '100.000000000000000051', '23514 paper_trades_quantity'],
    ['direction', 'SHORT', '23514 paper_trades_levels'],
    ['take_profit', '100', '23514 paper_trades_levels'],
    ['stop_loss', '100', '23514 paper_trades_levels'],
    ['exit_price', '110', '23514 paper_trades_open_or_closed'],
    ['closed_trade_id', '1', '23514 paper_trades_open_or_closed'],
    ['ambiguous', 'true', '23514 paper_trades_open_or_closed'],
  ] as const)('%s %s: %s', async ([column, value, answer]) => {
    expect(await inserting({ [column]: value })).toBe(answer);
  });

  test('with the quantity that half-up rounding gives, and no other', async () => {
    // 100 / 42500.5 = 0.0023529134951353513… and 100 / 0.00001234 = 8103727.714748784440842787…
    for (const [entry_price, take_profit, stop_loss, quantity] of [
      ['42500.5', '43000', '42000', '0.002352913495135351'],
      ['0.00001234', '0.00002', '0.00001', '8103727.714748784440842788'],
    ] as const) {
      const prices = { entry_price, take_profit, stop_loss };
      const exact = new Decimal(100).div(entry_price).toFixed(18);
      expect(await inserting({ ...prices, quantity: exact })).toBe('accepted');
      expect(exact).toBe(quantity);
      for (const off of ['0.000000000000000001', '-0.000000000000000001']) {
        expect(await inserting({ ...prices, quantity: new Decimal(exact).plus(off).toFixed(18) })).toBe('23514 paper_trades_quantity');
      }
    }
  });
});

describe('an open trade closes', () => {
  /** The SQL of a closing with these values in place of the right ones. */
  function closing(opened: OpenedTrade, status: Parameters<typeof closureFor>[1], price: string | undefined, values: object = {}) {
    const closure = closureFor(opened, status, price === undefined ? {} : { price: new Decimal(price) });
    const right = {
      status,
      exit_price: closure.exitPrice.toFixed(),
      exit_time: '2026-01-02',
      gross_pnl: closure.grossPnl.toFixed(),
      fees: closure.fees.toFixed(),
      realized_pnl: closure.realizedPnl.toFixed(),
      realized_pnl_pct: closure.realizedPnlPct.toFixed(),
      closed_sequence: 1_000,
      closed_source: 'LIVE',
      closed_trade_id: 7,
      closed_price: closure.price.toFixed(),
    };
    return answerTo(change('paper_trades', opened.trade.id, { ...right, ...values }));
  }
  const pnlAt = (opened: OpenedTrade, exitPrice: string) => {
    const { grossPnl, fees, realizedPnl, realizedPnlPct } = closureFor(opened, 'CLOSED_EXPIRED', { price: new Decimal(exitPrice) });
    return {
      exit_price: exitPrice,
      gross_pnl: grossPnl.toFixed(),
      fees: fees.toFixed(),
      realized_pnl: realizedPnl.toFixed(),
      realized_pnl_pct: realizedPnlPct.toFixed(),
    };
  };

  test('in order, by every status', async () => {
    for (const opened of [open, short]) {
      expect(await closing(opened, 'CLOSED_TP', undefined)).toBe('accepted');
      expect(await closing(opened, 'CLOSED_SL', undefined)).toBe('accepted');
      expect(await closing(opened, 'CLOSED_EXPIRED', '101')).toBe('accepted');
      expect(await closing(opened, 'CLOSED_DELISTED', '99')).toBe('accepted');
      expect(await closing(opened, 'CLOSED_SL', undefined, { closed_trade_id: null, closed_source: 'CANDLE', ambiguous: true })).toBe(
        'accepted',
      );
    }
  });

  test.for(['109.999999999999999999', '110.000000000000000001', '111', '90'])(
    'by its take profit at exactly that level, not at %s',
    async (price) => {
      expect(await closing(open, 'CLOSED_TP', undefined, pnlAt(open, price))).toBe('23514 paper_trades_exit');
    },
  );
  test('by its stop never at a better price than the level, at a worse one yes', async () => {
    expect(await closing(open, 'CLOSED_SL', '90.000000000000000001')).toBe('23514 paper_trades_exit');
    expect(await closing(open, 'CLOSED_SL', '89.999999999999999999')).toBe('accepted');
    expect(await closing(short, 'CLOSED_SL', '109.999999999999999999')).toBe('23514 paper_trades_exit');
    expect(await closing(short, 'CLOSED_SL', '110.000000000000000001')).toBe('accepted');
  });

  test('at the price of the tick that decided, or at a take profit that this price reaches', async () => {
    expect(await closing(open, 'CLOSED_SL', '89', { closed_price: '88.9' })).toBe('23514 paper_trades_exit');
    expect(await closing(open, 'CLOSED_EXPIRED', '101', { closed_price: '101.1' })).toBe('23514 paper_trades_exit');
    expect(await closing(open, 'CLOSED_TP', undefined, { closed_price: '109.99' })).toBe('23514 paper_trades_exit');
    expect(await closing(open, 'CLOSED_TP', undefined, { closed_price: '112' })).toBe('accepted');
    expect(await closing(short, 'CLOSED_TP', undefined, { closed_price: '90.01' })).toBe('23514 paper_trades_exit');
  });

  test.for(['gross_pnl', 'fees', 'realized_pnl'] as const)('with %s right to the last digit', async (column) => {
    for (const opened of [open, short]) {
      const right = new Decimal(pnlAt(opened, '93.123456789')[column]);
      expect(await closing(opened, 'CLOSED_EXPIRED', '93.123456789', { [column]: right.toFixed() })).toBe('accepted');
      for (const off of ['0.00000001', '-0.00000001']) {
        expect(await closing(opened, 'CLOSED_EXPIRED', '93.123456789', { [column]: right.plus(off).toFixed() })).toBe(
          '23514 paper_trades_profit',
        );
      }
      expect(await closing(opened, 'CLOSED_EXPIRED', '93.123456789', { [column]: right.neg().toFixed() })).toBe(
        '23514 paper_trades_profit',
      );
      expect(await closing(opened, 'CLOSED_EXPIRED', '93.123456789', { [column]: 'NaN' })).toBe('23514 paper_trades_profit');
      expect(await closing(opened, 'CLOSED_EXPIRED', '93.123456789', { [column]: 'Infinity' })).toMatch(/^(22003|23514) /);
    }
  });
  test('with a percentage that fits its profit', async () => {
    const right = new Decimal(pnlAt(open, '93.123456789').realized_pnl_pct);
    for (const off of ['0.00000001', '-0.00000001', '1', '-100']) {
      expect(await closing(open, 'CLOSED_EXPIRED', '93.123456789', { realized_pnl_pct: right.plus(off).toFixed() })).toBe(
        '23514 paper_trades_profit',
      );
    }
    expect(await closing(open, 'CLOSED_EXPIRED', '93.123456789', { realized_pnl_pct: 'NaN' })).toBe('23514 paper_trades_profit');
  });

  test.for([
    'exit_price',
    'exit_time',
    'gross_pnl',
    'fees',
    'realized_pnl',
    'realized_pnl_pct',
    'closed_sequence',
    'closed_source',
    'closed_price',
  ])('with %s, which may not be left out', async (column) => {
    expect(await closing(open, 'CLOSED_EXPIRED', '101', { [column]: null })).toBe('23514 paper_trades_open_or_closed');
  });

  test.for([
    ['exit_price', 'NaN'],
    ['exit_price', '-1'],
    ['exit_price', '0'],
    ['exit_price', '1000000000000000'],
    ['closed_price', 'NaN'],
    ['closed_price', '0'],
    ['closed_price', '1000000000000000'],
    ['closed_trade_id', '-1'],
    ['closed_source', 'GUESS'],
    ['status', 'CLOSED_BY_HAND'],
  ])('not with %s %s', async ([column, value]) => {
    expect(await closing(open, 'CLOSED_EXPIRED', '101', { [column!]: value })).toMatch(
      /^23514 paper_trades_(exit_price|closed_price|closed_trade_id|closed_source|status|profit|exit)/,
    );
  });

  test('not at a place of the record that another has', async () => {
    const { closedSequence } = await database.prisma.paperTrade.findUniqueOrThrow({ where: { id: closed.trade.id } });
    expect(await closing(open, 'CLOSED_TP', undefined, { closed_sequence: closedSequence })).toBe('23505 paper_trades_closed_sequence_key');
  });

  test('and nothing else of it changes then', async () => {
    const other = {
      id: sql('gen_random_uuid()'),
      signal_id: pendingId,
      user_id: sql('gen_random_uuid()'),
      symbol: 'ETHUSDT',
      market_type: 'SPOT',
      position_size: 200,
      quantity: 2,
      entry_price: 101,
      take_profit: 111,
      stop_loss: 91,
      fee_rate: 0,
      entry_time: '2026-01-02',
      expires_at: null,
      market_price_at_entry: 100,
      opened_after_trade_id: 1,
      exchange_time_at_entry: '2026-01-02',
    };
    for (const [column, value] of Object.entries(other)) {
      expect(await closing(open, 'CLOSED_EXPIRED', '101', { [column]: value }), column).toContain('an open trade can only be closed');
    }
    expect(await answerTo(change('paper_trades', open.trade.id, { stop_loss: 80 }))).toContain('an open trade can only be closed');
    expect(await answerTo(change('paper_trades', open.trade.id, { status: 'OPEN' }))).toContain('an open trade can only be closed');
  });
});

describe('a closed trade is final (I2)', () => {
  test.for(['status', 'exit_price', 'exit_time', 'realized_pnl', 'closed_sequence', 'symbol', 'user_id', 'ambiguous'])(
    '%s',
    async (column) => {
      expect(await answerTo(`UPDATE paper_trades SET ${column} = ${column} WHERE id = '${closed.trade.id}'`)).toContain(
        'is closed and cannot change',
      );
    },
  );
  test('it cannot be opened again, deleted or truncated away', async () => {
    const nothing = Object.fromEntries(
      [
        'exit_price',
        'exit_time',
        'gross_pnl',
        'fees',
        'realized_pnl',
        'realized_pnl_pct',
        'closed_sequence',
        'closed_source',
        'closed_trade_id',
        'closed_price',
      ].map((column) => [column, null]),
    );
    expect(await answerTo(change('paper_trades', closed.trade.id, { status: 'OPEN', ...nothing }))).toContain(
      'is closed and cannot change',
    );
    for (const { trade } of [open, closed])
      expect(await answerTo(`DELETE FROM paper_trades WHERE id = '${trade.id}'`)).toContain('append-only: DELETE on paper_trades refused');
    expect(await answerTo('TRUNCATE paper_trades CASCADE')).toContain('append-only');
  });
});

describe('events', () => {
  const row = (sequence: bigint, values: object = {}) =>
    insert('events', { sequence, time: '2026-01-01', kind: 'SignalStatusChanged', signal_id: pendingId, ...values });
  const head = async () => (await database.prisma.recordHead.findUniqueOrThrow({ where: { id: 1 } })).sequence;

  test('follow each other without a hole', async () => {
    const next = (await head()) + 1n;
    expect(await answerTo(row(next))).toBe('accepted');
    expect(await answerTo(row(next + 1n))).toBe(`23000 event ${next + 1n} would leave a hole in the track record`);
    expect(await answerTo(row(next + 1_000n))).toContain('hole');
    expect(await answerTo(row(next - 1n))).toBe('23505 events_pkey');
    expect(await answerTo(row(0n))).toBe('23514 events_sequence_check');
    expect(await answerTo(row(-1n))).toBe('23514 events_sequence_check');
  });

  test('cannot be changed, deleted or truncated', async () => {
    expect(await answerTo('UPDATE events SET time = now() WHERE sequence = 1')).toContain('append-only: UPDATE on events refused');
    expect(await answerTo('UPDATE events SET sequence = sequence')).toContain('append-only');
    expect(await answerTo('DELETE FROM events WHERE sequence = 1')).toContain('append-only: DELETE on events refused');
    expect(await answerTo(`DELETE FROM events WHERE sequence = ${await head()}`)).toContain('append-only');
    expect(await answerTo('TRUNCATE events')).toContain('append-only: TRUNCATE on events refused');
  });

  test('are about what their kind says, once', async () => {
    const next = (await head()) + 1n;
    expect(await answerTo(row(next, { kind: 'Something' }))).toBe('23514 events_kind_check');
    expect(await answerTo(row(next, { kind: 'TradeOpened' }))).toBe('23514 events_about');
    expect(await answerTo(row(next, { trade_id: open.trade.id, signal_id: open.signal.id }))).toBe('23514 events_about');
    expect(await answerTo(row(next, { kind: 'TradeClosed', trade_id: open.trade.id, signal_id: short.signal.id }))).toContain(
      'not its signal',
    );
    expect(await answerTo(row(next, { kind: 'SignalReceived' }))).toBe('23505 events_signal_id_kind_key');
    expect(await answerTo(row(next, { kind: 'TradeClosed', signal_id: closed.signal.id, trade_id: closed.trade.id }))).toBe(
      '23505 events_signal_id_kind_key',
    );
    expect(await answerTo(row(next, { signal_id: bot }))).toBe('23503 events_signal_id_fkey');
    expect(await answerTo(row(next, { kind: 'TradeClosed', trade_id: bot }))).toContain('not its signal');
  });
});

describe('the head of the record', () => {
  test('moves on and never back', async () => {
    expect(await answerTo('UPDATE record_head SET sequence = sequence + 1')).toBe('accepted');
    expect(await answerTo('UPDATE record_head SET sequence = sequence - 1')).toContain('only moves on');
    expect(await answerTo('UPDATE record_head SET sequence = 0')).toContain('only moves on');
  });
  test('is one, and stays', async () => {
    expect(await answerTo('INSERT INTO record_head (id, sequence) VALUES (2, 0)')).toBe('23514 record_head_id_check');
    expect(await answerTo('INSERT INTO record_head (id, sequence) VALUES (1, 0)')).toBe('23505 record_head_pkey');
    expect(await answerTo('DELETE FROM record_head')).toContain('append-only');
    expect(await answerTo('TRUNCATE record_head')).toContain('append-only');
  });
  test('takes its source once and keeps it', async () => {
    const set = (source: string) => `UPDATE record_head SET source = ${source}`;
    expect(await answerTo(set("'DREAMS'"))).toBe('23514 record_head_source_check');
    for (const source of ["'EXCHANGE'", "'SIMULATOR'"]) {
      expect(await answerTo(set(source))).toBe('accepted');
      for (const other of ["'EXCHANGE'", "'SIMULATOR'", 'NULL'].filter((each) => each !== source)) {
        expect(await answerTo(`${set(source)}; ${set(other)}`)).toContain('never changes its source');
      }
      expect(await answerTo(`${set(source)}; ${set(source)}`)).toBe('accepted');
    }
  });
});

describe('a symbol’s cursor', () => {
  const row = { market_type: 'SPOT', symbol: 'BTCUSDT', last_trade_id: 5, last_price: 1, last_time: '2026-01-01', saved_at: '2026-01-01' };
  test.for([
    ['last_trade_id', '-1', '23514 symbol_cursors_last_trade_id_check'],
    ['last_price', 'NaN', '23514 symbol_cursors_last_price_check'],
    ['last_price', '0', '23514 symbol_cursors_last_price_check'],
    ['last_price', '1000000000000000', '23514 symbol_cursors_last_price_check'],
    ['market_type', 'X', '23514 symbol_cursors_market_type_check'],
    ['symbol', '', '23514 symbol_cursors_symbol_check'],
    ['last_trade_id', '0', 'accepted'],
  ] as const)('%s %s: %s', async ([column, value, answer]) => {
    expect(await answerTo(insert('symbol_cursors', { ...row, [column]: value }))).toBe(answer);
  });
  test('never moves back', async () => {
    const set = (id: number) => `UPDATE symbol_cursors SET last_trade_id = ${id}`;
    expect(await answerTo(`${insert('symbol_cursors', row)}; ${set(4)}`)).toContain('only moves on');
    expect(await answerTo(`${insert('symbol_cursors', row)}; ${set(5)}; ${set(6)}`)).toBe('accepted');
  });
});
