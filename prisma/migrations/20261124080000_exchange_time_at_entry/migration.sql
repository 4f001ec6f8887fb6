-- The exchange's own time when the signal was received, where the host's clock (entry_time) was off: where no newest trade was known then,
-- it says which trades come after the entry. Null where the host's clock was right, or the exchange had not told its time yet.
ALTER TABLE "paper_trades" ADD COLUMN "exchange_time_at_entry" TIMESTAMPTZ(3);
