-- For which trades a cursor speaks: those whose opening has a sequence up to this one. Null, as an older version saves it: for none.

ALTER TABLE "symbol_cursors" ADD COLUMN "record_sequence" BIGINT CHECK ("record_sequence" >= 0);

-- Until now a cursor spoke for what was opened a minute and more before it was saved. Cursors that are there go on to, with room for
-- trades stored in another order than received; else every open trade would have its whole life looked up again.
UPDATE "symbol_cursors" SET "record_sequence" = (
    SELECT max("sequence") FROM "events" WHERE "time" <= "symbol_cursors"."saved_at" - interval '2 minutes');
