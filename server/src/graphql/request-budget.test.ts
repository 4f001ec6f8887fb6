import { expect, test } from 'vitest';
import { RequestBudget } from './request-budget.ts';

const LIMITS = {
  costCapacity: 1_000,
  costPerSecond: 10,
  maxCost: 500,
  refusedCost: 100,
  heavyCost: 300,
  maxHeavyRequests: 1,
  maxAddresses: 10,
};

function budgetAt(time = { nowMs: 0 }) {
  const budget = new RequestBudget(LIMITS, { monotonicMs: () => time.nowMs });
  const codeOf = (points: number): unknown => {
    const begun = budget.begin('a', points);
    return 'refused' in begun ? begun.refused.extensions['code'] : undefined;
  };
  return { budget, time, codeOf, remaining: () => budget.state('a').remaining };
}

test('whatever is refused after it was looked at costs the looking', () => {
  const { codeOf, remaining } = budgetAt();
  expect([codeOf(501), remaining()]).toEqual(['QUERY_TOO_COSTLY', 900]);
  expect([codeOf(300), remaining()]).toEqual([undefined, 600]);
  expect([codeOf(300), remaining()]).toEqual(['TOO_MANY_HEAVY_REQUESTS', 500]);
  expect([codeOf(299), codeOf(299), remaining()]).toEqual([undefined, 'RATE_LIMITED', 101]);
});

test('the door is shut to who could not pay for being looked at, and says when it opens', () => {
  const { budget, time } = budgetAt();
  budget.charge('a', 905);
  const refused = budget.knock('a');
  expect(refused?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1 });
  time.nowMs += 1_000;
  expect(budget.knock('a')).toBeUndefined();
  expect(budget.knock('b', 2_000)).toBeUndefined();
});

test('what was charged beyond the points that were left is owed', () => {
  const { budget, time, remaining } = budgetAt();
  budget.charge('a', 1_500);
  time.nowMs += 49_000;
  expect([remaining(), budget.knock('a')?.extensions['code']]).toEqual([0, 'RATE_LIMITED']);
  time.nowMs += 11_000;
  expect([remaining(), budget.knock('a')]).toEqual([100, undefined]);
});
