-- The exchange's own time when the signal was received: where no newest trade was known then, only this says which trades come after the
-- entry, whatever the host's clock said. Null where the exchange had not told its time yet, and in trades of an older version.
ALTER TABLE "paper_trades" ADD COLUMN "exchange_time_at_entry" TIMESTAMPTZ(3);
