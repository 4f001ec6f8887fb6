-- Which stretches of a symbol's trading were not watched live but looked up afterwards.

CREATE TABLE "repaired_stretches" (
    "id" BIGSERIAL NOT NULL,
    "market_type" TEXT NOT NULL CHECK ("market_type" IN ('SPOT', 'FUTURES')),
    "symbol" TEXT NOT NULL CHECK (length("symbol") BETWEEN 1 AND 64),
    "from_time" TIMESTAMPTZ(3) NOT NULL,
    "to_time" TIMESTAMPTZ(3) NOT NULL,
    "from_trade_id" BIGINT CHECK ("from_trade_id" >= 0),
    "to_trade_id" BIGINT CHECK ("to_trade_id" >= "from_trade_id"),
    "source" TEXT NOT NULL CHECK ("source" IN ('BACKFILL', 'CANDLE')),
    CONSTRAINT "repaired_stretches_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "repaired_stretches_times" CHECK ("from_time" < "to_time"),
    -- A candle has no trades to name.
    CONSTRAINT "repaired_stretches_ids" CHECK (
        CASE "source" WHEN 'CANDLE' THEN num_nonnulls("from_trade_id", "to_trade_id") = 0 ELSE num_nulls("from_trade_id", "to_trade_id") = 0 END)
);
CREATE INDEX "repaired_stretches_market_type_symbol_to_time_idx" ON "repaired_stretches"("market_type", "symbol", "to_time");

CREATE TRIGGER "repaired_stretches_append_only" BEFORE UPDATE OR DELETE ON "repaired_stretches" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "repaired_stretches_no_truncate" BEFORE TRUNCATE ON "repaired_stretches" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
