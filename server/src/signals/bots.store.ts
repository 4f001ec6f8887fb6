import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NewId, RandomBytes } from '../kernel/ids.ts';
import { hashToken, looksLikeToken, newToken } from './tokens.ts';

export class BotsStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  /** The bot that a token belongs to; null for a text that is no token, is unknown or is revoked. */
  async findByToken(token: string): Promise<{ id: string; slug: string } | null> {
    if (!looksLikeToken(token)) return null;
    const row = await this.#prisma.botToken.findUnique({ where: { hash: hashToken(token) }, include: { bot: true } });
    return row && row.revokedAt === null ? { id: row.bot.id, slug: row.bot.slug } : null;
  }

  /**
   * Creates a bot with one token. The token's text is in the answer and nowhere else.
   * @throws where the name holds no letter or digit to make its address of, or its address is taken.
   */
  async create(name: string, clock: Clock, newId: NewId, randomBytes: RandomBytes): Promise<{ id: string; slug: string; token: string }> {
    const trimmed = name.trim();
    const slug = slugOf(trimmed);
    if (slug === '') throw new Error(`a bot's name needs at least one letter a–z or digit: "${name}"`);
    if (Array.from(trimmed).length > 64) throw new Error("a bot's name has at most 64 characters");
    if (await this.#prisma.bot.findUnique({ where: { slug } })) throw new Error(`there is a bot with the address "${slug}" already`);
    const token = newToken(randomBytes);
    const createdAt = clock.now();
    const bot = await this.#prisma.bot.create({
      data: { id: newId(), slug, name: trimmed, createdAt, tokens: { create: { id: newId(), hash: hashToken(token), createdAt } } },
    });
    return { id: bot.id, slug, token };
  }

  /** Gives the bot of that name one more token, beside those it has; null where there is no such bot. */
  async addToken(
    name: string,
    clock: Clock,
    newId: NewId,
    randomBytes: RandomBytes,
  ): Promise<{ id: string; slug: string; token: string } | null> {
    const bot = await this.#prisma.bot.findUnique({ where: { slug: slugOf(name) } });
    if (!bot) return null;
    const token = newToken(randomBytes);
    await this.#prisma.botToken.create({ data: { id: newId(), botId: bot.id, hash: hashToken(token), createdAt: clock.now() } });
    return { id: bot.id, slug: bot.slug, token };
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
