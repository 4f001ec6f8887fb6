import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { badInput, requireRange } from '../graphql/errors.ts';
import type { BreakdownKey } from './breakdown.ts';
import { FILTER, PerformanceRef } from './figures.schema.ts';
import { TooManyRows } from './figures.ts';
import type { BreakdownRow } from './figures.ts';
import type { LeaderboardRow, LeaderboardSort } from './leaderboard.ts';

const MAX_MIN_TRADES = 1_000_000;
const MAX_MIN_DAYS = 36_500;
/** Rows share the trades of one slice, so many rows cost little more than few. */
const ROWS = { points: 30, rows: 20 };
/** 2,000 resamples of all the trades. */
const RANKING_POINTS = 150;

const BreakdownKeyEnum = builder.enumType('BreakdownKey', {
  description: 'What trades are compared by.',
  values: {
    BOT: { description: 'The bot; the key is its slug.' },
    STRATEGY: { description: 'The signal’s strategy; the key is its name.' },
    SYMBOL: { description: 'The symbol, as the exchange writes it.' },
    MARKET_TYPE: { description: 'SPOT or FUTURES.' },
    DIRECTION: { description: 'LONG or SHORT.' },
    TIMEFRAME: { description: 'The signal’s timeframe, such as 1h.' },
    WEEKDAY: {
      description:
        'The day in UTC: 1 (Monday) to 7 (Sunday). Closed trades count by their exit, open ones by their entry, signals by their receipt.',
    },
    HOUR: {
      description: 'The hour in UTC: 00 to 23. Closed trades count by their exit, open ones by their entry, signals by their receipt.',
    },
  } satisfies Record<BreakdownKey, { description: string }>,
});

const KEY = 'What the trades of this row have in common; see BreakdownKey.';
const PERFORMANCE = 'Their performance, worked out as for a filter.';

const BreakdownRowRef = builder.objectRef<BreakdownRow>('BreakdownRow');
BreakdownRowRef.implement({
  description: 'The performance of the trades with one key.',
  fields: (t) => ({
    key: t.exposeString('key', { description: KEY }),
    performance: t.field({ type: PerformanceRef, description: PERFORMANCE, resolve: ({ performance }) => performance }),
  }),
});

const LeaderboardRowRef = builder.objectRef<LeaderboardRow>('LeaderboardRow');
LeaderboardRowRef.implement({
  description: 'The performance of the trades with one key, and its place among the others.',
  fields: (t) => ({
    rank: t.exposeInt('rank', { description: '1 is best. Equals share a rank and the next one counts them all: 1, 2, 2, 4.' }),
    key: t.exposeString('key', { description: KEY }),
    performance: t.field({ type: PerformanceRef, description: PERFORMANCE, resolve: ({ performance }) => performance }),
  }),
});

const LeaderboardSortEnum = builder.enumType('LeaderboardSort', {
  description: 'What a leaderboard ranks by; largest first.',
  values: {
    TOTAL_PNL: { description: 'Realised total.' },
    WIN_RATE: { description: 'Win rate.' },
    PROFIT_FACTOR: { description: 'Profit factor. Rows without a loss have none and come last.' },
    EXPECTANCY: { description: 'Mean profit of a trade.' },
    EXPECTANCY_LOWER_BOUND: { description: 'Lower end of the 95 % interval of the expectancy: few trades do not win by luck.' },
    SHARPE: { description: 'Sharpe ratio.' },
  } satisfies Record<LeaderboardSort, { description: string }>,
});

/** Too many keys are the caller's to narrow. */
async function unlessTooMany<T>(rows: () => T | Promise<T>): Promise<T> {
  try {
    return await rows();
  } catch (error) {
    throw error instanceof TooManyRows ? badInput(error.message, 'TOO_MANY_ROWS') : error;
  }
}

builder.queryFields((t) => ({
  breakdown: t.field({
    type: [BreakdownRowRef],
    extensions: cost(ROWS),
    description:
      'The trades meant, cut by a key. Every trade and signal is in exactly one row, so counts and sums of money add up to those of `performance` with the same filter in the same request. WEEKDAY and HOUR in the order of time; others with most closed trades first, then by key. Error TOO_MANY_ROWS where there are more keys than can be compared.',
    args: {
      by: t.arg({ type: BreakdownKeyEnum, required: true, description: 'What to cut by.' }),
      filter: t.arg(FILTER),
    },
    resolve: async (_, { by, filter }, { moment }) => {
      const figures = await moment.of(filter);
      return unlessTooMany(() => figures.breakdown(by));
    },
  }),
  leaderboard: t.field({
    type: [LeaderboardRowRef],
    extensions: cost({ ...ROWS, points: RANKING_POINTS }),
    description:
      'The rows of `breakdown`, ranked. Rows with fewer than `minTrades` closed trades or less than `minDays` of record are left out; rows whose metric is not defined come last and share a rank; equals are in the order of their keys.',
    args: {
      by: t.arg({ type: BreakdownKeyEnum, required: true, defaultValue: 'STRATEGY', description: 'What to compare.' }),
      sort: t.arg({
        type: LeaderboardSortEnum,
        required: true,
        defaultValue: 'EXPECTANCY_LOWER_BOUND',
        description: 'What to rank by.',
      }),
      minTrades: t.arg.int({ defaultValue: 10, description: `Closed trades that a row needs, 0 to ${MAX_MIN_TRADES}.` }),
      minDays: t.arg.int({
        defaultValue: 0,
        description: `Days of 24 hours that a row needs from its first entry to asOf, 0 to ${MAX_MIN_DAYS}.`,
      }),
      filter: t.arg(FILTER),
    },
    resolve: async (_, { by, sort, minTrades, minDays, filter }, { moment }) => {
      const least = {
        minTrades: requireRange('minTrades', minTrades ?? 10, 0, MAX_MIN_TRADES),
        minDays: requireRange('minDays', minDays ?? 0, 0, MAX_MIN_DAYS),
      };
      const figures = await moment.of(filter);
      return unlessTooMany(() => figures.leaderboard(by, sort, least));
    },
  }),
}));
