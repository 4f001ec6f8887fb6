import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../src/kernel/decimal.ts';
import { checkSignal } from '../../src/signals/check-signal.ts';
import { profitAt } from '../../src/trades/profit.ts';
import { levelReached } from '../../src/trades/trade.ts';
import { seededRandom } from '../price-model.ts';
import { DEMO_BOTS, PLACES } from './cast.ts';
import { planHistory } from './history-plan.ts';
import type { HistoryStep } from './history-plan.ts';

const DAY_MS = 86_400_000;
const endMs = Date.UTC(2026, 10, 23, 6, 30);
const amounts = { endMs, days: 20, trades: 40, cancelled: 4 };

type Received = HistoryStep & { kind: 'SIGNAL' };
const receivedIn = (steps: readonly HistoryStep[]) =>
  new Map(steps.filter((step): step is Received => step.kind === 'SIGNAL').map((step) => [step.externalId, step]));

describe('whatever the seed', () => {
  test('every signal is in order and every trade closes at the first tick that ends it, all in the order of time', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => check(planHistory({ ...amounts, random: seededRandom(seed) }))),
      { numRuns: 12 },
    );
  });

  function check(steps: readonly HistoryStep[]): void {
    const received = receivedIn(steps);
    const seen = new Map<string, HistoryStep['kind'][]>();
    let lastMs = endMs - amounts.days * DAY_MS;
    for (const step of steps) {
      expect(step.atMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = step.atMs;
      seen.set(step.externalId, [...(seen.get(step.externalId) ?? []), step.kind]);
      if (step.kind === 'SIGNAL') checkReceived(step);
      if (step.kind === 'CLOSING_TICK') checkClosing(received.get(step.externalId)!, step);
    }
    expect(lastMs).toBeLessThanOrEqual(endMs + 1_000);
    const lives = [...seen.values()].map((kinds) => kinds.join());
    expect(lives.filter((life) => life === 'SIGNAL,CLOSING_TICK')).toHaveLength(amounts.trades);
    expect(lives.filter((life) => life === 'SIGNAL,CANCEL')).toHaveLength(amounts.cancelled);
    expect(lives).toHaveLength(amounts.trades + amounts.cancelled);
    checkTape(steps, received);
  }
  /** The closing ticks of a symbol are one tape: none of them may have ended another trade before its own. */
  function checkTape(steps: readonly HistoryStep[], received: ReadonlyMap<string, Received>): void {
    const closings = steps.filter((step) => step.kind === 'CLOSING_TICK');
    for (const { externalId, tick } of closings) {
      const { input, lastTradeId } = received.get(externalId)!;
      const levels = { direction: input.direction, takeProfit: new Decimal(input.takeProfit), stopLoss: new Decimal(input.stopLoss) };
      const earlier = closings.filter(
        ({ tick: other }) =>
          other.symbol === tick.symbol && other.marketType === tick.marketType && other.id > lastTradeId && other.id < tick.id,
      );
      expect(earlier.filter(({ tick: other }) => levelReached(levels, new Decimal(other.price)))).toEqual([]);
    }
  }
  function checkReceived({ input, bot, marketPrice, atMs }: Received): void {
    expect(DEMO_BOTS.find(({ name }) => name === bot)?.strategies.map(({ name }) => name)).toContain(input.strategy);
    expect(PLACES.some(({ marketType, symbol }) => marketType === input.marketType && symbol === input.symbol)).toBe(true);
    const checked = checkSignal({ ...input, entryPrice: input.entryPrice ?? marketPrice });
    expect(checked.ok ? [] : checked.refusals).toEqual([]);
    expect(checked.ok && levelReached(checked.value, new Decimal(marketPrice))).toBeUndefined();
    if (input.expiresAt) expect(input.expiresAt.getTime()).toBeGreaterThan(atMs);
  }
  function checkClosing({ input, atMs, lastTradeId }: Received, { tick }: HistoryStep & { kind: 'CLOSING_TICK' }): void {
    expect(tick).toMatchObject({ symbol: input.symbol, marketType: input.marketType });
    expect(tick.timeMs).toBeGreaterThan(atMs);
    expect(tick.id).toBeGreaterThan(lastTradeId);
    const checked = checkSignal(input);
    const reached = checked.ok && levelReached(checked.value, new Decimal(tick.price));
    const expired = input.expiresAt && tick.timeMs >= input.expiresAt.getTime();
    expect(Boolean(reached) || expired).toBe(true);
  }
});

test('the same seed gives the same past', () => {
  const plan = () => planHistory({ ...amounts, random: seededRandom(5) });
  expect(plan()).toEqual(plan());
});

describe("the demo's own past", () => {
  const steps = planHistory({ random: seededRandom(4), endMs, days: 90, trades: 400, cancelled: 12 });
  const received = receivedIn(steps);
  const trades = steps.flatMap((step) => {
    if (step.kind !== 'CLOSING_TICK') return [];
    const { input, marketPrice, atMs } = received.get(step.externalId)!;
    const expired = input.expiresAt !== null && step.tick.timeMs >= input.expiresAt!.getTime();
    const levels = { direction: input.direction, takeProfit: new Decimal(input.takeProfit), stopLoss: new Decimal(input.stopLoss) };
    const wins = !expired && levelReached(levels, new Decimal(step.tick.price)) === 'TAKE_PROFIT_REACHED';
    const entryPrice = new Decimal(marketPrice);
    const { realizedPnl } = profitAt({
      direction: input.direction,
      entryPrice,
      exitPrice: new Decimal(wins ? input.takeProfit : step.tick.price),
      quantity: new Decimal(100).div(entryPrice),
      positionSize: new Decimal(100),
      feeRate: new Decimal(input.marketType === 'SPOT' ? '0.001' : '0.0005'),
    });
    return [{ pnl: realizedPnl.toNumber(), wins, expired, openMs: step.tick.timeMs - atMs, entryMs: atMs, exitMs: step.tick.timeMs }];
  });

  test('wins about half of its trades, earns a little, and falls on the way', () => {
    const winRate = trades.filter(({ pnl }) => pnl > 0).length / trades.length;
    expect(winRate).toBeGreaterThan(0.45);
    expect(winRate).toBeLessThan(0.52);
    let [sum, peak, fall] = [0, 0, 0];
    for (const { pnl } of trades) {
      sum += pnl;
      peak = Math.max(peak, sum);
      fall = Math.max(fall, peak - sum);
    }
    expect(sum).toBeGreaterThan(20);
    expect(sum).toBeLessThan(200);
    expect(fall).toBeGreaterThan(10);
    expect(fall).toBeLessThan(sum);
  });

  test('trades overlap, last from minutes to days, and end in every way', () => {
    const hours = trades.map(({ openMs }) => openMs / 3_600_000).sort((one, other) => one - other);
    expect(hours.at(0)).toBeLessThan(1);
    expect(hours.at(200)).toBeGreaterThan(1);
    expect(hours.at(-1)).toBeGreaterThan(24);
    expect(hours.at(-1)).toBeLessThan(21 * 24);
    expect(trades.some((one) => trades.some((other) => other.entryMs > one.entryMs && other.entryMs < one.exitMs))).toBe(true);
    expect(trades.filter(({ expired }) => expired).length).toBeGreaterThan(5);
    expect(trades.filter(({ wins }) => wins).length).toBeGreaterThan(150);
    const strategies = new Set([...received.values()].map(({ input }) => input.strategy));
    expect([...strategies].sort()).toEqual(['breakout', 'mean-reversion', 'scalper', 'trend']);
  });
});
