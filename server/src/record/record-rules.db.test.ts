import { describe, expect, test } from 'vitest';
import { insert, ruledRecord, sql } from '../../testkit/ruled-record.ts';

const { database, bot, open, short, closed, pendingId, answerTo } = await ruledRecord();

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
