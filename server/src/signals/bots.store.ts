import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NewId, RandomBytes } from '../kernel/ids.ts';
import { isPlainText } from '../kernel/plain-text.ts';
import type { TokenStore } from './authenticator.ts';
import { ALL_SCOPES } from './scopes.ts';
import type { Scope, Sender } from './scopes.ts';
import { hashToken, newToken } from './tokens.ts';

/** A token that was just made. Its text is here and nowhere else. */
export interface MadeToken {
  /** Of the bot. */
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly tokenId: string;
  readonly token: string;
  readonly scopes: readonly Scope[];
}

/** What may be told of a token. */
export interface TokenRow {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface BotRow {
  readonly slug: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly tokens: readonly TokenRow[];
}

/** Why something about bots and tokens was not done, for people. */
export class BotRefusal extends Error {
  override readonly name = 'BotRefusal';
}

export class BotsStore implements TokenStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  /** One question whatever the text is, so that an answer's time does not tell a revoked token from an unknown one or from none. */
  async findByToken(token: string): Promise<Sender | null> {
    const [sender] = await this.#prisma.$queryRaw<Sender[]>`
      SELECT b.id, b.slug, t.id AS "tokenId", t.scopes FROM bot_tokens t JOIN bots b ON b.id = t.bot_id
      WHERE t.hash = ${hashToken(token)} AND t.revoked_at IS NULL`;
    return sender ?? null;
  }

  async markUsed(tokenId: string, at: Date, everyMs: number): Promise<void> {
    const before = new Date(at.getTime() - everyMs);
    await this.#prisma.botToken.updateMany({
      where: { id: tokenId, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: before } }] },
      data: { lastUsedAt: at },
    });
  }

  /** Which of these tokens are revoked. */
  async revokedAmong(tokenIds: readonly string[]): Promise<string[]> {
    const rows = await this.#prisma.botToken.findMany({
      where: { id: { in: [...tokenIds] }, revokedAt: { not: null } },
      select: { id: true },
    });
    return rows.map(({ id }) => id);
  }

  /**
   * Creates a bot with one token.
   * @throws BotRefusal where the name holds no letter or digit to make its address of, or its address is taken.
   */
  async create(
    name: string,
    clock: Clock,
    newId: NewId,
    randomBytes: RandomBytes,
    scopes: readonly Scope[] = ALL_SCOPES,
  ): Promise<MadeToken> {
    const trimmed = name.trim();
    const slug = slugOf(trimmed);
    if (slug === '') throw new BotRefusal(`a bot's name needs at least one letter a–z or digit: "${name}"`);
    if (!isPlainText(trimmed, false) || /\s/.test(trimmed.replaceAll(' ', '')))
      throw new BotRefusal("a bot's name is one line of plain text without control characters");
    if (Array.from(trimmed).length > 64) throw new BotRefusal("a bot's name has at most 64 characters");
    if (await this.#prisma.bot.findUnique({ where: { slug } }))
      throw new BotRefusal(`there is a bot with the address "${slug}" already; "rotate" gives it another token`);
    const token = newToken(randomBytes);
    const [tokenId, createdAt] = [newId(), clock.now()];
    const { id } = await this.#prisma.bot.create({
      data: {
        id: newId(),
        slug,
        name: trimmed,
        createdAt,
        tokens: { create: { id: tokenId, hash: hashToken(token), scopes: [...scopes], slot: 1, createdAt } },
      },
    });
    return { id, slug, name: trimmed, tokenId, token, scopes };
  }

  /**
   * Gives a bot a second token beside the one it has, which stays valid until it is revoked. Without `scopes` it may do what the newest may.
   * @throws BotRefusal where there is no such bot or it has two valid tokens already.
   */
  async rotate(name: string, clock: Clock, newId: NewId, randomBytes: RandomBytes, scopes?: readonly Scope[]): Promise<MadeToken> {
    const bot = await this.#find(name);
    const granted = scopes ?? (bot.tokens.at(-1)?.scopes as Scope[] | undefined) ?? ALL_SCOPES;
    const token = newToken(randomBytes);
    const [tokenId, createdAt] = [newId(), clock.now()];
    // A free slot, unless another rotation takes it at this moment: then nothing is written.
    const made = await this.#prisma.$executeRaw`
      INSERT INTO bot_tokens (id, bot_id, hash, scopes, slot, created_at)
      SELECT ${tokenId}::uuid, ${bot.id}::uuid, ${hashToken(token)}, ${[...granted]}::text[], slot, ${createdAt}::timestamptz
      FROM (VALUES (1), (2)) AS slots(slot)
      WHERE slot NOT IN (SELECT slot FROM bot_tokens WHERE bot_id = ${bot.id}::uuid AND revoked_at IS NULL)
      ORDER BY slot LIMIT 1
      ON CONFLICT DO NOTHING`;
    if (made === 0) throw new BotRefusal(`"${bot.slug}" has two valid tokens already: revoke one first ("list" shows them)`);
    return { id: bot.id, slug: bot.slug, name: bot.name, tokenId, token, scopes: granted };
  }

  /**
   * Revokes a token for good; again does nothing more.
   * @throws BotRefusal where there is no such token.
   */
  async revoke(tokenId: string, clock: Clock): Promise<{ slug: string; revokedAt: Date }> {
    await this.#prisma.botToken.updateMany({ where: { id: tokenId, revokedAt: null }, data: { revokedAt: clock.now() } });
    const row = await this.#prisma.botToken.findUnique({ where: { id: tokenId }, include: { bot: true } });
    if (!row?.revokedAt) throw new BotRefusal(`there is no token with the id ${tokenId}`);
    return { slug: row.bot.slug, revokedAt: row.revokedAt };
  }

  /** The id of a token by its text, also of a revoked one; null where it is unknown. */
  async idOf(token: string): Promise<string | null> {
    return (await this.#prisma.botToken.findUnique({ where: { hash: hashToken(token) }, select: { id: true } }))?.id ?? null;
  }

  /** The ids of a bot's valid tokens, the oldest first. @throws BotRefusal where there is no such bot. */
  async validTokens(name: string): Promise<string[]> {
    const { tokens } = await this.#find(name);
    return tokens.filter(({ revokedAt }) => revokedAt === null).map(({ id }) => id);
  }

  /** All bots with all their tokens, the oldest first. */
  list(): Promise<BotRow[]> {
    return this.#prisma.bot.findMany({
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      select: {
        slug: true,
        name: true,
        createdAt: true,
        tokens: {
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
          select: { id: true, scopes: true, createdAt: true, lastUsedAt: true, revokedAt: true },
        },
      },
    });
  }

  async #find(name: string) {
    const bot = await this.#prisma.bot.findUnique({
      where: { slug: slugOf(name) },
      include: { tokens: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] } },
    });
    if (!bot) throw new BotRefusal(`there is no bot with the address "${slugOf(name)}"`);
    return bot;
  }
}

/** "Trend Rider 2" → "trend-rider-2". */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '') // ä is an a with its dots behind it now
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '');
}
