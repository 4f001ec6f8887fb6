import { beforeAll, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { addBot } from '../../testkit/stored-record.ts';
import { AnswersStore } from './answers.store.ts';

const HOUR = new Date('2026-01-01T10:00:00Z');
const hour = (plus: number) => new Date(HOUR.getTime() + plus * 3_600_000);

let database: Awaited<ReturnType<typeof openFreshDatabase>>;
let store: AnswersStore;
let [one, two]: string[] = [];

beforeAll(async () => {
  database = await openFreshDatabase();
  store = new AnswersStore(database.prisma);
  [one, two] = [await addBot(database.prisma, 'one'), await addBot(database.prisma, 'two')];
});

const ALL = { bots: null, from: null, to: null };

describe('counts of answers', () => {
  test('add up by bot, hour and kind, also when two processes write the same at once', async () => {
    const counts = [
      { botId: two!, hour: hour(0), answer: 'DUPLICATE', count: 2 },
      { botId: one!, hour: hour(0), answer: 'SYMBOL_UNKNOWN', count: 3 },
      { botId: one!, hour: hour(1), answer: 'SYMBOL_UNKNOWN', count: 5 },
    ] as const;
    await Promise.all(Array.from({ length: 20 }, (_, each) => store.add(each % 2 === 0 ? counts : counts.toReversed())));
    expect(await store.sums(ALL)).toEqual([
      { answer: 'SYMBOL_UNKNOWN', count: 160 },
      { answer: 'DUPLICATE', count: 40 },
    ]);
    expect(await database.prisma.signalAnswers.count()).toBe(3);
    expect(await store.sums({ ...ALL, bots: ['two', 'nobody', '\0'] })).toEqual([{ answer: 'DUPLICATE', count: 40 }]);
  });

  test.for([
    [hour(0), hour(1), 160],
    [hour(1), null, 100],
    [new Date(hour(1).getTime() - 1), null, 160],
    [null, new Date(hour(1).getTime() - 1), 60],
    [hour(2), null, undefined],
    [null, new Date(HOUR.getTime() - 1), undefined],
  ] as const)('from %s to %s: the hours that lie partly within', async ([from, to, count]) => {
    const sums = await store.sums({ bots: ['one'], from, to });
    expect(sums[0]?.count).toBe(count);
  });

  test.for([
    `UPDATE signal_answers SET count = count - 1`,
    `UPDATE signal_answers SET answer = 'OTHER' WHERE answer = 'DUPLICATE'`,
    `DELETE FROM signal_answers`,
    `TRUNCATE signal_answers`,
    `INSERT INTO signal_answers SELECT bot_id, hour + interval '1 minute', answer, count FROM signal_answers LIMIT 1`,
    `INSERT INTO signal_answers SELECT bot_id, hour, 'not a code', count FROM signal_answers LIMIT 1`,
  ])('the database refuses %s', async (sql) => {
    await expect(database.prisma.$executeRawUnsafe(sql)).rejects.toThrow();
  });
});
