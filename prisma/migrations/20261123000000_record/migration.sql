-- The track record: bots, their signals, the paper trades, and the events that tell what happened.
-- The CHECKs and triggers below keep money and history right even where code is wrong.

CREATE TABLE "bots" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length("slug") <= 64),
    "name" TEXT NOT NULL CHECK (length("name") BETWEEN 1 AND 64),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "bots_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "bots_slug_key" ON "bots"("slug");

CREATE TABLE "bot_tokens" (
    "id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL CHECK (length("hash") = 32),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    CONSTRAINT "bot_tokens_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "bot_tokens_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE UNIQUE INDEX "bot_tokens_hash_key" ON "bot_tokens"("hash");
CREATE INDEX "bot_tokens_bot_id_idx" ON "bot_tokens"("bot_id");

-- Prices: above 0 and below 10^15. NaN sorts above every number, so the upper bound stops it too.
CREATE TABLE "signals" (
    "id" UUID NOT NULL,
    "bot_id" UUID NOT NULL,
    "external_id" TEXT CHECK (length("external_id") BETWEEN 1 AND 128),
    "content_hash" BYTEA NOT NULL CHECK (length("content_hash") = 32),
    "symbol" TEXT NOT NULL CHECK (length("symbol") BETWEEN 1 AND 64),
    "market_type" TEXT NOT NULL CHECK ("market_type" IN ('SPOT', 'FUTURES')),
    "direction" TEXT NOT NULL CHECK ("direction" IN ('LONG', 'SHORT')),
    "entry_price" DECIMAL(38,18) NOT NULL CHECK ("entry_price" > 0 AND "entry_price" < 1e15),
    "take_profit" DECIMAL(38,18) NOT NULL CHECK ("take_profit" > 0 AND "take_profit" < 1e15),
    "stop_loss" DECIMAL(38,18) NOT NULL CHECK ("stop_loss" > 0 AND "stop_loss" < 1e15),
    "confidence" DOUBLE PRECISION NOT NULL CHECK ("confidence" >= 0 AND "confidence" <= 1),
    "timeframe" TEXT NOT NULL CHECK ("timeframe" IN ('1m','3m','5m','15m','30m','1h','2h','4h','6h','8h','12h','1d','3d','1w','1M')),
    "strategy" TEXT NOT NULL CHECK (length("strategy") BETWEEN 1 AND 64),
    "status" TEXT NOT NULL CHECK ("status" IN ('PENDING', 'ACTIVE', 'CLOSED', 'CANCELLED')),
    "note" TEXT CHECK (length("note") <= 500),
    "sent_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "left_out_reason" TEXT CHECK (length("left_out_reason") BETWEEN 1 AND 64),
    CONSTRAINT "signals_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "signals_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT "signals_levels" CHECK (
        CASE "direction"
            WHEN 'LONG' THEN "stop_loss" < "entry_price" AND "entry_price" < "take_profit"
            ELSE "take_profit" < "entry_price" AND "entry_price" < "stop_loss"
        END)
);
CREATE UNIQUE INDEX "signals_bot_id_external_id_key" ON "signals"("bot_id", "external_id");
CREATE INDEX "signals_received_at_id_idx" ON "signals"("received_at", "id");

CREATE TABLE "paper_trades" (
    "id" UUID NOT NULL,
    "signal_id" UUID NOT NULL,
    "user_id" UUID,
    "symbol" TEXT NOT NULL CHECK (length("symbol") BETWEEN 1 AND 64),
    "market_type" TEXT NOT NULL CHECK ("market_type" IN ('SPOT', 'FUTURES')),
    "direction" TEXT NOT NULL CHECK ("direction" IN ('LONG', 'SHORT')),
    "status" TEXT NOT NULL CHECK ("status" IN ('OPEN', 'CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED', 'CLOSED_DELISTED')),
    "position_size" DECIMAL(38,18) NOT NULL CHECK ("position_size" > 0 AND "position_size" <= 1e9),
    "quantity" DECIMAL(38,18) NOT NULL CHECK ("quantity" > 0 AND "quantity" < 1e20),
    "entry_price" DECIMAL(38,18) NOT NULL CHECK ("entry_price" > 0 AND "entry_price" < 1e15),
    "take_profit" DECIMAL(38,18) NOT NULL CHECK ("take_profit" > 0 AND "take_profit" < 1e15),
    "stop_loss" DECIMAL(38,18) NOT NULL CHECK ("stop_loss" > 0 AND "stop_loss" < 1e15),
    "fee_rate" DECIMAL(38,18) NOT NULL CHECK ("fee_rate" >= 0 AND "fee_rate" < 1),
    "entry_time" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "market_price_at_entry" DECIMAL(38,18) CHECK ("market_price_at_entry" > 0 AND "market_price_at_entry" < 1e15),
    "opened_after_trade_id" BIGINT CHECK ("opened_after_trade_id" >= 0),
    "exit_price" DECIMAL(38,18) CHECK ("exit_price" > 0 AND "exit_price" < 1e15),
    "exit_time" TIMESTAMPTZ(3),
    "gross_pnl" DECIMAL(48,8),
    "fees" DECIMAL(48,8),
    "realized_pnl" DECIMAL(48,8),
    "realized_pnl_pct" DECIMAL(48,8),
    "closed_sequence" BIGINT,
    "closed_source" TEXT CHECK ("closed_source" IN ('LIVE', 'BACKFILL', 'CANDLE')),
    "closed_trade_id" BIGINT CHECK ("closed_trade_id" >= 0),
    "closed_price" DECIMAL(38,18) CHECK ("closed_price" > 0 AND "closed_price" < 1e15),
    "ambiguous" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "paper_trades_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "paper_trades_signal_id_fkey" FOREIGN KEY ("signal_id") REFERENCES "signals"("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT "paper_trades_levels" CHECK (
        CASE "direction"
            WHEN 'LONG' THEN "stop_loss" < "entry_price" AND "entry_price" < "take_profit"
            ELSE "take_profit" < "entry_price" AND "entry_price" < "stop_loss"
        END),
    -- quantity is position_size / entry_price to 18 decimals: off by at most half a unit of the last digit
    CONSTRAINT "paper_trades_quantity" CHECK (abs("quantity" * "entry_price" - "position_size") <= "entry_price" * 0.0000000000000000005),
    CONSTRAINT "paper_trades_open_or_closed" CHECK (
        CASE WHEN "status" = 'OPEN'
            THEN num_nonnulls("exit_price", "exit_time", "gross_pnl", "fees", "realized_pnl", "realized_pnl_pct", "closed_sequence", "closed_source", "closed_trade_id", "closed_price") = 0 AND NOT "ambiguous"
            ELSE num_nulls("exit_price", "exit_time", "gross_pnl", "fees", "realized_pnl", "realized_pnl_pct", "closed_sequence", "closed_source", "closed_price") = 0
        END),
    -- A take profit is filled at its level; a stop at the price that touched it, never better than the level.
    CONSTRAINT "paper_trades_exit" CHECK (
        CASE "status"
            WHEN 'CLOSED_TP' THEN "exit_price" = "take_profit"
                AND CASE "direction" WHEN 'LONG' THEN "closed_price" >= "take_profit" ELSE "closed_price" <= "take_profit" END
            WHEN 'CLOSED_SL' THEN "exit_price" = "closed_price"
                AND CASE "direction" WHEN 'LONG' THEN "exit_price" <= "stop_loss" ELSE "exit_price" >= "stop_loss" END
            WHEN 'OPEN' THEN true
            ELSE "exit_price" = "closed_price"
        END),
    -- The profit, worked out again: numeric products are exact and round() is half away from zero, as the rules ask.
    CONSTRAINT "paper_trades_profit" CHECK (
        "status" = 'OPEN' OR (
            "gross_pnl" = round(("exit_price" - "entry_price") * "quantity" * CASE "direction" WHEN 'LONG' THEN 1 ELSE -1 END, 8)
            AND "fees" = round("fee_rate" * "quantity" * ("entry_price" + "exit_price"), 8)
            AND "realized_pnl" = round(("exit_price" - "entry_price") * "quantity" * CASE "direction" WHEN 'LONG' THEN 1 ELSE -1 END
                - "fee_rate" * "quantity" * ("entry_price" + "exit_price"), 8)
            -- a percentage to 8 decimals is off by at most half a unit of the last digit
            AND abs("realized_pnl_pct" * "position_size" - 100 * (("exit_price" - "entry_price") * "quantity" * CASE "direction" WHEN 'LONG' THEN 1 ELSE -1 END
                - "fee_rate" * "quantity" * ("entry_price" + "exit_price"))) <= 0.000000005 * "position_size"))
);
CREATE UNIQUE INDEX "paper_trades_signal_id_key" ON "paper_trades"("signal_id");
CREATE UNIQUE INDEX "paper_trades_closed_sequence_key" ON "paper_trades"("closed_sequence");
CREATE INDEX "paper_trades_status_market_type_symbol_idx" ON "paper_trades"("status", "market_type", "symbol");
CREATE INDEX "paper_trades_entry_time_id_idx" ON "paper_trades"("entry_time", "id");
CREATE INDEX "paper_trades_exit_time_id_idx" ON "paper_trades"("exit_time", "id");

CREATE TABLE "events" (
    "sequence" BIGINT NOT NULL CHECK ("sequence" > 0),
    "time" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL CHECK ("kind" IN ('SignalReceived', 'SignalStatusChanged', 'TradeOpened', 'TradeClosed')),
    "signal_id" UUID NOT NULL,
    "trade_id" UUID,
    CONSTRAINT "events_pkey" PRIMARY KEY ("sequence"),
    CONSTRAINT "events_signal_id_fkey" FOREIGN KEY ("signal_id") REFERENCES "signals"("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT "events_trade_id_fkey" FOREIGN KEY ("trade_id") REFERENCES "paper_trades"("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT "events_about" CHECK (("kind" IN ('TradeOpened', 'TradeClosed')) = ("trade_id" IS NOT NULL))
);
CREATE UNIQUE INDEX "events_signal_id_kind_key" ON "events"("signal_id", "kind");

CREATE TABLE "record_head" (
    "id" INTEGER NOT NULL CHECK ("id" = 1),
    "sequence" BIGINT NOT NULL CHECK ("sequence" >= 0),
    "source" TEXT CHECK ("source" IN ('EXCHANGE', 'SIMULATOR')),
    CONSTRAINT "record_head_pkey" PRIMARY KEY ("id")
);
INSERT INTO "record_head" ("id", "sequence") VALUES (1, 0);

CREATE TABLE "symbol_cursors" (
    "market_type" TEXT NOT NULL CHECK ("market_type" IN ('SPOT', 'FUTURES')),
    "symbol" TEXT NOT NULL CHECK (length("symbol") BETWEEN 1 AND 64),
    "last_trade_id" BIGINT NOT NULL CHECK ("last_trade_id" >= 0),
    "last_price" DECIMAL(38,18) NOT NULL CHECK ("last_price" > 0 AND "last_price" < 1e15),
    "last_time" TIMESTAMPTZ(3) NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "symbol_cursors_pkey" PRIMARY KEY ("market_type", "symbol")
);

-- History is append-only ------------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the track record is append-only: % on % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER "events_append_only" BEFORE UPDATE OR DELETE ON "events" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "events_no_truncate" BEFORE TRUNCATE ON "events" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "signals_no_delete" BEFORE DELETE ON "signals" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "signals_no_truncate" BEFORE TRUNCATE ON "signals" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "paper_trades_no_delete" BEFORE DELETE ON "paper_trades" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "paper_trades_no_truncate" BEFORE TRUNCATE ON "paper_trades" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "record_head_no_delete" BEFORE DELETE ON "record_head" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "record_head_no_truncate" BEFORE TRUNCATE ON "record_head" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The sequence has no holes: each event follows one that is there.
CREATE FUNCTION event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."sequence" > 1 AND NOT EXISTS (SELECT 1 FROM "events" WHERE "sequence" = NEW."sequence" - 1) THEN
        RAISE EXCEPTION 'event % would leave a hole in the track record', NEW."sequence" USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW."trade_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "paper_trades" WHERE "id" = NEW."trade_id" AND "signal_id" = NEW."signal_id") THEN
        RAISE EXCEPTION 'event % tells of a trade that is not its signal''s', NEW."sequence" USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "events_without_holes" BEFORE INSERT ON "events" FOR EACH ROW EXECUTE FUNCTION event_follows();

CREATE FUNCTION record_head_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."sequence" < OLD."sequence" OR (OLD."source" IS NOT NULL AND NEW."source" IS DISTINCT FROM OLD."source") THEN
        RAISE EXCEPTION 'the head of the track record only moves on and never changes its source' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "record_head_moves_on" BEFORE UPDATE ON "record_head" FOR EACH ROW EXECUTE FUNCTION record_head_moves_on();

CREATE FUNCTION signal_is_born_early() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."status" NOT IN ('PENDING', 'ACTIVE') THEN
        RAISE EXCEPTION 'a signal is created PENDING or ACTIVE' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "signals_born_early" BEFORE INSERT ON "signals" FOR EACH ROW EXECUTE FUNCTION signal_is_born_early();

-- A signal keeps its content; only its status moves, and only forward. A signal that waited gets its entry in the filter's
-- reason at activation, hence left_out_reason may be set with that move.
CREATE FUNCTION signal_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD."status", NEW."status") NOT IN (('PENDING', 'ACTIVE'), ('PENDING', 'CANCELLED'), ('ACTIVE', 'CLOSED')) THEN
        RAISE EXCEPTION 'a signal cannot go from % to %', OLD."status", NEW."status" USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - 'status' - 'left_out_reason' IS DISTINCT FROM to_jsonb(OLD) - 'status' - 'left_out_reason'
        OR (NEW."left_out_reason" IS DISTINCT FROM OLD."left_out_reason" AND NOT (OLD."status" = 'PENDING' AND NEW."status" = 'ACTIVE')) THEN
        RAISE EXCEPTION 'a signal''s content cannot change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "signals_move" BEFORE UPDATE ON "signals" FOR EACH ROW EXECUTE FUNCTION signal_moves();

-- A trade is created open, closes once, and is final then.
CREATE FUNCTION trade_is_born_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."status" <> 'OPEN' THEN
        RAISE EXCEPTION 'a trade is created open' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "paper_trades_born_open" BEFORE INSERT ON "paper_trades" FOR EACH ROW EXECUTE FUNCTION trade_is_born_open();

CREATE FUNCTION trade_closes_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closing CONSTANT text[] := ARRAY['status', 'exit_price', 'exit_time', 'gross_pnl', 'fees', 'realized_pnl', 'realized_pnl_pct',
        'closed_sequence', 'closed_source', 'closed_trade_id', 'closed_price', 'ambiguous'];
BEGIN
    IF OLD."status" <> 'OPEN' THEN
        RAISE EXCEPTION 'trade % is closed and cannot change', OLD."id" USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW."status" = 'OPEN' OR to_jsonb(NEW) - closing IS DISTINCT FROM to_jsonb(OLD) - closing THEN
        RAISE EXCEPTION 'an open trade can only be closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "paper_trades_close_once" BEFORE UPDATE ON "paper_trades" FOR EACH ROW EXECUTE FUNCTION trade_closes_once();

CREATE FUNCTION cursor_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."last_trade_id" < OLD."last_trade_id" THEN
        RAISE EXCEPTION 'the cursor of % % only moves on', OLD."market_type", OLD."symbol" USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "symbol_cursors_move_on" BEFORE UPDATE ON "symbol_cursors" FOR EACH ROW EXECUTE FUNCTION cursor_moves_on();
