-- The history, newest closed first (open trades last), is a walk along this index however long the record is; so is a period of it.
CREATE INDEX "paper_trades_closed_last_idx" ON "paper_trades" (coalesce("exit_time", '-infinity'::timestamptz), "id");
CREATE INDEX "paper_trades_period_idx" ON "paper_trades" (coalesce("exit_time", "entry_time"));
