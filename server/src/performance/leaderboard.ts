import { ZERO } from '../kernel/decimal.ts';
import type { BreakdownRow, Performance } from './figures.ts';

/** What each order compares; undefined where the metric is. */
const SORT_VALUES = {
  TOTAL_PNL: ({ totalPnl }) => totalPnl,
  WIN_RATE: ({ winRate }) => winRate.value,
  PROFIT_FACTOR: ({ profitFactor }) => profitFactor.value,
  EXPECTANCY: ({ expectancy }) => expectancy.value,
  EXPECTANCY_LOWER_BOUND: async (performance) => (await performance.expectancyInterval())?.low ?? null,
  SHARPE: ({ sharpe }) => sharpe.value,
} as const satisfies Record<string, (performance: Performance) => SortValue | Promise<SortValue>>;

type SortValue = Performance['totalPnl'] | number | null;

export type LeaderboardSort = keyof typeof SORT_VALUES;

export interface LeaderboardRow extends BreakdownRow {
  /** 1 is best; equals share a rank, and the next one counts them all: 1, 2, 2, 4. */
  readonly rank: number;
}

/** What a row must have to be ranked. */
export interface Evidence {
  /** Closed trades. */
  readonly minTrades: number;
  /** Whole days of 24 hours from the first entry to now. */
  readonly minDays: number;
}

const DAY_MS = 86_400_000;

function hasEvidence({ closedTrades, asOf, firstEntryAt }: Performance, { minTrades, minDays }: Evidence): boolean {
  const sinceMs = firstEntryAt()?.getTime() ?? asOf.getTime();
  return closedTrades >= minTrades && asOf.getTime() - sinceMs >= minDays * DAY_MS;
}

/**
 * The rows with enough evidence, best first. Rows whose metric is not defined come last and share one rank;
 * equals are in the order of their keys.
 */
export async function ranked(rows: readonly BreakdownRow[], sort: LeaderboardSort, least: Evidence): Promise<LeaderboardRow[]> {
  const valued: Valued[] = [];
  for (const row of rows) {
    if (hasEvidence(row.performance, least)) valued.push({ ...row, value: await SORT_VALUES[sort](row.performance) });
  }
  const compare = (a: Valued, b: Valued): number =>
    a.value === null || b.value === null ? Number(a.value === null) - Number(b.value === null) : ZERO.plus(b.value).cmp(a.value);
  valued.sort((a, b) => compare(a, b) || (a.key < b.key ? -1 : 1));
  let rank = 0;
  return valued.map((row, place) => {
    const before = valued[place - 1];
    if (!before || compare(before, row) !== 0) rank = place + 1;
    return { rank, key: row.key, performance: row.performance };
  });
}

type Valued = BreakdownRow & { readonly value: SortValue };
