/** Runs one SQL statement. */
type RunSql = (text: string) => Promise<unknown>;

/**
 * A long record by SQL alone: one signal each second from 2020 on, each with its trade and its events, of one bot.
 * Write it before a server starts, which would else tell everybody of each event.
 * Every `openEvery`th trade is still open; the others are closed in turn at their take profit, stop loss and time stop. Everything
 * is as the product itself would have written it: each CHECK of the database holds, and only the triggers that look at one event
 * at a time are left out while it is written.
 */
export async function fillRecord(
  run: RunSql,
  { trades, openEvery, noteLength = 0 }: { trades: number; openEvery: number; noteLength?: number },
): Promise<void> {
  const id = (kind: number) => `('0000000' || ${kind} || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
  const events = '(SELECT sequence FROM record_head)';
  await run(
    `INSERT INTO bots (id, slug, name, created_at) VALUES ('00000000-0000-7000-8000-000000000000', 'filler', 'Filler', '2020-01-01Z')`,
  );
  await run(`CREATE UNLOGGED TABLE filling AS
    SELECT n, ${id(1)} AS signal_id, ${id(2)} AS trade_id, timestamptz '2020-01-01Z' + n * interval '1 second' AS at,
      (ARRAY['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT'])[1 + n % 4] AS symbol, (ARRAY['SPOT', 'FUTURES'])[1 + n % 2] AS market_type,
      (ARRAY['LONG', 'SHORT'])[1 + n / 2 % 2] AS direction, (ARRAY['default', 'trend', '=1+1'])[1 + n % 3] AS strategy,
      100 + n % 7919 * 0.01 AS entry, n % ${openEvery} = 0 AS is_open,
      (ARRAY['CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED'])[1 + n / 3 % 3] AS closing, n - n / ${openEvery} AS closures
    FROM generate_series(1, ${trades}) AS n`);
  await run(
    `ALTER TABLE filling ADD tp numeric, ADD sl numeric, ADD exit numeric, ADD quantity numeric, ADD gross numeric, ADD fees numeric`,
  );
  await run(`UPDATE filling SET tp = entry + CASE direction WHEN 'LONG' THEN 5 ELSE -5 END, sl = entry - CASE direction WHEN 'LONG' THEN 3 ELSE -3 END,
    quantity = round(100::numeric(60, 40) / entry, 18)`);
  await run(`UPDATE filling SET exit = CASE closing WHEN 'CLOSED_TP' THEN tp WHEN 'CLOSED_SL' THEN sl ELSE entry + 0.01 END`);
  await run(
    `UPDATE filling SET gross = (exit - entry) * quantity * CASE direction WHEN 'LONG' THEN 1 ELSE -1 END, fees = 0.0005 * quantity * (entry + exit)`,
  );
  for (const table of ['signals', 'paper_trades', 'events']) await run(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await run(`INSERT INTO signals (id, bot_id, content_hash, symbol, market_type, direction, entry_price, take_profit, stop_loss, confidence, timeframe,
      strategy, status, note, received_at)
    SELECT signal_id, '00000000-0000-7000-8000-000000000000', sha256(n::text::bytea), symbol, market_type, direction, entry, tp, sl, 0.5, '1h',
      strategy, CASE WHEN is_open THEN 'ACTIVE' ELSE 'CLOSED' END, nullif(repeat('x', ${noteLength}), ''), at FROM filling`);
  // Each trade's two opening events follow each other; all closures come behind them.
  await run(`INSERT INTO paper_trades (id, signal_id, symbol, market_type, direction, status, position_size, quantity, entry_price, take_profit, stop_loss,
      fee_rate, entry_time, exit_price, exit_time, gross_pnl, fees, realized_pnl, realized_pnl_pct, closed_sequence, closed_source, closed_trade_id, closed_price)
    SELECT trade_id, signal_id, symbol, market_type, direction, 'OPEN', 100, quantity, entry, tp, sl, 0.0005, at,
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM filling WHERE is_open
    UNION ALL
    SELECT trade_id, signal_id, symbol, market_type, direction, closing, 100, quantity, entry, tp, sl, 0.0005, at,
      exit, at + interval '1 hour', round(gross, 8), round(fees, 8), round(gross - fees, 8), round(gross - fees, 8),
      ${events} + ${2 * trades} + closures, 'LIVE', n, exit FROM filling WHERE NOT is_open`);
  await run(`INSERT INTO events (sequence, time, kind, signal_id, trade_id)
    SELECT ${events} + 2 * n - 1, at, 'SignalReceived', signal_id, NULL FROM filling
    UNION ALL SELECT ${events} + 2 * n, at, 'TradeOpened', signal_id, trade_id FROM filling
    UNION ALL SELECT ${events} + ${2 * trades} + closures, at + interval '1 hour', 'TradeClosed', signal_id, trade_id FROM filling WHERE NOT is_open`);
  await run(`UPDATE record_head SET sequence = (SELECT max(sequence) FROM events)`);
  for (const table of ['signals', 'paper_trades', 'events']) await run(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  await run('DROP TABLE filling');
  await run('ANALYZE');
}
