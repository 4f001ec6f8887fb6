-- A token says what it may do and when it was last used, and a bot has at most two valid ones: the old and the new while it changes over.

ALTER TABLE "bot_tokens"
    ADD COLUMN "scopes" TEXT[] NOT NULL DEFAULT ARRAY['signals:create', 'signals:change']
        CHECK ("scopes" <@ ARRAY['signals:create', 'signals:change'] AND cardinality("scopes") >= 1),
    ADD COLUMN "slot" SMALLINT NOT NULL DEFAULT 1 CHECK ("slot" IN (1, 2)),
    ADD COLUMN "last_used_at" TIMESTAMPTZ(3);
-- Tokens from before could do everything; from now on whoever makes one says what it may.
ALTER TABLE "bot_tokens" ALTER COLUMN "scopes" DROP DEFAULT, ALTER COLUMN "slot" DROP DEFAULT;

-- Where a bot has more than two valid tokens (only the demo ever made them), the two newest stay.
WITH ranked AS (
    SELECT "id", row_number() OVER (PARTITION BY "bot_id" ORDER BY "created_at" DESC, "id" DESC) AS place
    FROM "bot_tokens" WHERE "revoked_at" IS NULL
)
UPDATE "bot_tokens" t SET
    "slot" = CASE ranked.place WHEN 1 THEN 1 ELSE 2 END,
    "revoked_at" = CASE WHEN ranked.place > 2 THEN now() END
FROM ranked WHERE ranked."id" = t."id";

-- Two slots and one valid token in each: no race of two rotations can make a third.
CREATE UNIQUE INDEX "bot_tokens_two_valid" ON "bot_tokens"("bot_id", "slot") WHERE "revoked_at" IS NULL;

-- A token never becomes another one, and one that was revoked stays so.
CREATE FUNCTION token_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'last_used_at' - 'revoked_at' IS DISTINCT FROM to_jsonb(OLD) - 'last_used_at' - 'revoked_at' THEN
        RAISE EXCEPTION 'a token cannot change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD."revoked_at" IS NOT NULL AND NEW."revoked_at" IS DISTINCT FROM OLD."revoked_at" THEN
        RAISE EXCEPTION 'a revoked token stays revoked' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER "bot_tokens_only_end" BEFORE UPDATE ON "bot_tokens" FOR EACH ROW EXECUTE FUNCTION token_only_ends();
