import type { TradeFilter } from '../trades/trade-filter.ts';
import type { SignalCounts, SignalGroup } from './record-slice.ts';

export interface FunnelReason {
  readonly code: string;
  readonly count: number;
}

export interface FunnelStep {
  readonly name: string;
  readonly count: number;
  /** Most frequent first; together they are the count, where a step has reasons. */
  readonly reasons: readonly FunnelReason[];
}

/** Answers to signals that were not stored, by kind: DUPLICATE or the code of a refusal. */
export type UnstoredAnswers = readonly { readonly answer: string; readonly count: number }[];

/** Of a signal that was not stored only the bot and the hour are known, so a filter by anything else cannot say which of them are meant. */
export function canCountUnstored(filter: TradeFilter | null | undefined): boolean {
  const { bot: _bot, from: _from, to: _to, ...others } = filter ?? {};
  return Object.values(others).every((values) => values == null || values.length === 0);
}

/**
 * What became of every signal. RECEIVED = ACCEPTED + DUPLICATE + REFUSED; ACCEPTED = PENDING + CANCELLED + LEFT_OUT + TRADED;
 * TRADED = OPEN + CLOSED. Without `unstored` the three steps that need it are missing, for they would be wrong.
 */
export function funnelOf({ total, groups }: SignalCounts, unstored: UnstoredAnswers | null): FunnelStep[] {
  const step = (name: string, meant: (group: SignalGroup) => boolean, reasonOf?: (group: SignalGroup) => string): FunnelStep => {
    const within = groups.filter(meant);
    return {
      name,
      count: sum(within),
      reasons: reasonOf ? tally(within.map((group) => ({ code: reasonOf(group), count: group.count }))) : [],
    };
  };
  const accepted = [
    step('ACCEPTED', () => true),
    step('PENDING', ({ status }) => status === 'PENDING'),
    step('CANCELLED', ({ status }) => status === 'CANCELLED'),
    step(
      'LEFT_OUT',
      ({ leftOutReason }) => leftOutReason !== null,
      ({ leftOutReason }) => leftOutReason ?? '',
    ),
    step('TRADED', ({ tradeStatus }) => tradeStatus !== null),
    step('OPEN', ({ tradeStatus }) => tradeStatus === 'OPEN'),
    step(
      'CLOSED',
      ({ tradeStatus }) => tradeStatus !== null && tradeStatus !== 'OPEN',
      ({ tradeStatus }) => tradeStatus ?? '',
    ),
  ];
  if (!unstored) return accepted;
  const duplicates = sum(unstored.filter(({ answer }) => answer === 'DUPLICATE'));
  const refused = tally(unstored.filter(({ answer }) => answer !== 'DUPLICATE').map(({ answer, count }) => ({ code: answer, count })));
  return [
    { name: 'RECEIVED', count: total + sum(unstored), reasons: [] },
    { name: 'DUPLICATE', count: duplicates, reasons: [] },
    { name: 'REFUSED', count: sum(refused), reasons: refused },
    ...accepted,
  ];
}

function sum(counted: readonly { readonly count: number }[]): number {
  return counted.reduce((total, { count }) => total + count, 0);
}

function tally(reasons: readonly FunnelReason[]): FunnelReason[] {
  const counts = new Map<string, number>();
  for (const { code, count } of reasons) counts.set(code, (counts.get(code) ?? 0) + count);
  return [...counts].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}
