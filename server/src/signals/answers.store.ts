import { Prisma } from '../generated/prisma/client.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { AnswerCount, AnswerStore } from './answer-counter.ts';

export class AnswersStore implements AnswerStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async add(counts: readonly AnswerCount[]): Promise<void> {
    // In one order in every process, so that two of them cannot wait for each other.
    const rows = counts.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const values = rows.map(
      ({ botId, hour, answer, count }) => Prisma.sql`(${botId}::uuid, ${hour}::timestamptz, ${answer}, ${count}::bigint)`,
    );
    await this.#prisma.$executeRaw`
      INSERT INTO signal_answers (bot_id, hour, answer, count) VALUES ${Prisma.join(values)}
      ON CONFLICT (bot_id, hour, answer) DO UPDATE SET count = signal_answers.count + EXCLUDED.count`;
  }

  /** Sums by kind: of these bots, of the hours that lie at least partly within the bounds. */
  async sums(filter: { bots: readonly string[] | null; from: Date | null; to: Date | null }): Promise<{ answer: string; count: number }[]> {
    const { bots, from, to } = filter;
    return this.#prisma.$queryRaw<{ answer: string; count: number }[]>`
      SELECT a.answer, sum(a.count)::int AS count FROM signal_answers a JOIN bots b ON b.id = a.bot_id
      WHERE ${bots === null ? Prisma.sql`true` : Prisma.sql`b.slug = ANY(${bots.filter((slug) => !slug.includes('\0'))})`}
        AND ${from === null ? Prisma.sql`true` : Prisma.sql`a.hour > ${from}::timestamptz - interval '1 hour'`}
        AND ${to === null ? Prisma.sql`true` : Prisma.sql`a.hour <= ${to}::timestamptz`}
      GROUP BY a.answer ORDER BY count DESC, a.answer`;
  }
}

function keyOf({ botId, hour, answer }: AnswerCount): string {
  return `${botId} ${hour.toISOString()} ${answer}`;
}
