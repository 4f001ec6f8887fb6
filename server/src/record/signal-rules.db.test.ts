import { describe, expect, test } from 'vitest';
import { change, insert, NEVER, ruledRecord, sql } from '../../testkit/ruled-record.ts';
import { newSignal, T0 } from '../../testkit/stored-record.ts';
import { SignalsStore } from '../signals/signals.store.ts';

const { database, bot, open, closed, pendingId, answerTo } = await ruledRecord();

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
