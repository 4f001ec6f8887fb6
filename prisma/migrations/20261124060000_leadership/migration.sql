-- Several workers on one database: one of them leads. Its number is in every write of a closure and of a cursor, and the database
-- checks it in that same statement. Also the exchange's symbol lists, which the leader reads and API nodes need.

CREATE TABLE "leadership" (
    "id" INTEGER NOT NULL CHECK ("id" = 1),
    "term" BIGINT NOT NULL CHECK ("term" >= 0),
    "holder" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "leadership_pkey" PRIMARY KEY ("id")
);
INSERT INTO "leadership" ("id", "term", "holder", "since") VALUES (1, 0, 'nobody yet', now());

CREATE TABLE "symbol_lists" (
    "market_type" TEXT NOT NULL CHECK ("market_type" IN ('SPOT', 'FUTURES')),
    "symbols" JSONB NOT NULL CHECK (jsonb_typeof("symbols") = 'array'),
    CONSTRAINT "symbol_lists_pkey" PRIMARY KEY ("market_type")
);

-- A term only grows, so that no number is ever given twice.
CREATE FUNCTION leadership_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."term" <= OLD."term" THEN
        RAISE EXCEPTION 'a term of leadership only follows an earlier one' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "leadership_moves_on" BEFORE UPDATE ON "leadership" FOR EACH ROW EXECUTE FUNCTION leadership_moves_on();
CREATE TRIGGER "leadership_no_delete" BEFORE DELETE ON "leadership" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "leadership_no_truncate" BEFORE TRUNCATE ON "leadership" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- True for the term of today; an error for any other, which takes the whole statement back. The row stays locked until the statement has
-- committed: who begins a new term waits for what the old one is just writing, and nothing of the old one is written after that.
CREATE FUNCTION require_term(asked BIGINT) RETURNS BOOLEAN LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM 1 FROM "leadership" WHERE "term" = asked FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'term % of leadership is over', asked USING ERRCODE = 'BP001';
    END IF;
    RETURN true;
END $$;
