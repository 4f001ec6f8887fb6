import { describe, expect, test } from 'vitest';
import { change, insert, NEVER, ruledRecord, sql } from '../../testkit/ruled-record.ts';
import { closureFor } from '../../testkit/stored-record.ts';
import type { OpenedTrade } from '../../testkit/stored-record.ts';
import { Decimal } from '../kernel/decimal.ts';

/** None of an open trade, all of a closed one; `closed_trade_id` is missing where a candle closed it. */
const FIGURES_OF_A_CLOSURE = [
  'exit_price',
  'exit_time',
  'gross_pnl',
  'fees',
  'realized_pnl',
  'realized_pnl_pct',
  'closed_sequence',
  'closed_source',
  'closed_price',
] as const;

const { database, bot, open, short, closed, pendingId, answerTo } = await ruledRecord();

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

  test.for(FIGURES_OF_A_CLOSURE)('with %s, which may not be left out', async (column) => {
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
    const nothing = Object.fromEntries([...FIGURES_OF_A_CLOSURE, 'closed_trade_id'].map((column) => [column, null]));
    expect(await answerTo(change('paper_trades', closed.trade.id, { status: 'OPEN', ...nothing }))).toContain(
      'is closed and cannot change',
    );
    for (const { trade } of [open, closed])
      expect(await answerTo(`DELETE FROM paper_trades WHERE id = '${trade.id}'`)).toContain('append-only: DELETE on paper_trades refused');
    expect(await answerTo('TRUNCATE paper_trades CASCADE')).toContain('append-only');
  });
});
