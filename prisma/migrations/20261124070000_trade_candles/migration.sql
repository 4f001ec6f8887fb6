-- How prices went: the candles of each closed trade with how far the price went while it was open, and the benchmark's daily closes.

-- One sound candle after the other: the five lists are equally long, times rise, prices are above 0 and below 10^15, and open and close lie
-- between low and high.
CREATE FUNCTION candles_are_sound(times TIMESTAMPTZ[], opens DECIMAL[], highs DECIMAL[], lows DECIMAL[], closes DECIMAL[]) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bool_and(coalesce(
        low > 0 AND low <= least(open, close) AND high >= greatest(open, close) AND high < 1e15
            AND num_nulls(time, open, high, low, close) = 0 AND (place = 1 OR before < time), false)), true)
    FROM (
        SELECT *, lag(time) OVER (ORDER BY place) AS before
        FROM unnest(times, opens, highs, lows, closes) WITH ORDINALITY AS candle(time, open, high, low, close, place)
    ) AS candles
$$;

CREATE TABLE "trade_candles" (
    "trade_id" UUID NOT NULL,
    "interval" TEXT NOT NULL CHECK ("interval" IN ('1s', '1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '12h', '1d', '1w')),
    "open_times" TIMESTAMPTZ(3)[] NOT NULL CHECK (cardinality("open_times") <= 1000),
    "opens" DECIMAL(38,18)[] NOT NULL,
    "highs" DECIMAL(38,18)[] NOT NULL,
    "lows" DECIMAL(38,18)[] NOT NULL,
    "closes" DECIMAL(38,18)[] NOT NULL,
    "lowest" DECIMAL(38,18) CHECK ("lowest" > 0),
    "highest" DECIMAL(38,18) CHECK ("highest" >= "lowest" AND "highest" < 1e15),
    "resolution" TEXT CHECK ("resolution" IN ('1s', '1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '12h', '1d', '1w')),
    CONSTRAINT "trade_candles_pkey" PRIMARY KEY ("trade_id"),
    CONSTRAINT "trade_candles_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "paper_trades"("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT "trade_candles_sound" CHECK (candles_are_sound("open_times", "opens", "highs", "lows", "closes")),
    CONSTRAINT "trade_candles_extremes" CHECK (num_nulls("lowest", "highest", "resolution") IN (0, 3))
);

-- Only a closed trade has them, and its extremes hold the prices at which it was entered and left.
CREATE FUNCTION candles_fit_their_trade() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM "paper_trades" t WHERE t."id" = NEW."trade_id" AND t."status" <> 'OPEN'
            AND (NEW."lowest" IS NULL OR (NEW."lowest" <= least(t."entry_price", t."exit_price") AND NEW."highest" >= greatest(t."entry_price", t."exit_price")))
    ) THEN
        RAISE EXCEPTION 'these candles do not fit the trade %', NEW."trade_id" USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "trade_candles_fit" BEFORE INSERT ON "trade_candles" FOR EACH ROW EXECUTE FUNCTION candles_fit_their_trade();
CREATE TRIGGER "trade_candles_written_once" BEFORE UPDATE OR DELETE ON "trade_candles" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "trade_candles_no_truncate" BEFORE TRUNCATE ON "trade_candles" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE "daily_closes" (
    "day" DATE NOT NULL,
    "close" DECIMAL(38,18) NOT NULL CHECK ("close" > 0 AND "close" < 1e15),
    CONSTRAINT "daily_closes_pkey" PRIMARY KEY ("day")
);
CREATE TRIGGER "daily_closes_written_once" BEFORE UPDATE OR DELETE ON "daily_closes" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "daily_closes_no_truncate" BEFORE TRUNCATE ON "daily_closes" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
