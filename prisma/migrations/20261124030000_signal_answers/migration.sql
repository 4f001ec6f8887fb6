-- How many signals were answered without leaving a row: repeated ones and refused ones. One row for each bot, hour and kind of
-- answer that there was, however many signals came.

CREATE TABLE "signal_answers" (
    "bot_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL CHECK ("hour" = date_trunc('hour', "hour", 'UTC')),
    "answer" TEXT NOT NULL CHECK ("answer" ~ '^[A-Z_]{1,64}$'),
    "count" BIGINT NOT NULL CHECK ("count" > 0),
    CONSTRAINT "signal_answers_pkey" PRIMARY KEY ("bot_id", "hour", "answer"),
    CONSTRAINT "signal_answers_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE RESTRICT ON UPDATE RESTRICT
);

-- What was counted stays counted.
CREATE FUNCTION answers_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."count" < OLD."count" OR to_jsonb(NEW) - 'count' IS DISTINCT FROM to_jsonb(OLD) - 'count' THEN
        RAISE EXCEPTION 'counts of answers only grow' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "signal_answers_only_grow" BEFORE UPDATE ON "signal_answers" FOR EACH ROW EXECUTE FUNCTION answers_only_grow();
CREATE TRIGGER "signal_answers_no_delete" BEFORE DELETE ON "signal_answers" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "signal_answers_no_truncate" BEFORE TRUNCATE ON "signal_answers" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
