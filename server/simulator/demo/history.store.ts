import { closureOf } from '../../src/closures/closure.ts';
import { ClosuresStore, currentTerm } from '../../src/closures/closures.store.ts';
import { WatchList } from '../../src/closures/watch-list.ts';
import type { WatchedTrade } from '../../src/closures/watched-trade.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { idsFrom } from '../../src/kernel/ids.ts';
import type { RandomBytes } from '../../src/kernel/ids.ts';
import { AcceptSignal } from '../../src/signals/accept-signal.ts';
import type { Market, NewSignal, NewTrade, SignalStore } from '../../src/signals/accept-signal.ts';
import { BotsStore } from '../../src/signals/bots.store.ts';
import { ChangeSignal } from '../../src/signals/change-signal.ts';
import type { SignalRules } from '../../src/signals/signal.ts';
import { SignalsStore } from '../../src/signals/signals.store.ts';
import { DEMO_BOTS } from './cast.ts';
import type { HistoryStep } from './history-plan.ts';

/** A loaded machine may need long; one at rest needs two seconds. */
const TRANSACTION_TIMEOUT_MS = 60_000;
const BOT_EVERY_MS = 600_000;

export interface HistoryContext {
  readonly prisma: PrismaClient;
  readonly rules: SignalRules;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

/**
 * Creates the sample bots and lets the planned past happen: each signal is accepted and each trade closed by the product's own code, only
 * with the clock of that time. One transaction, so that a crash leaves either all of it or nothing.
 */
export async function writeHistory(
  steps: readonly HistoryStep[],
  context: HistoryContext,
  andThen: (prisma: PrismaClient) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await context.prisma.$transaction(
    async (transaction) => {
      // A transaction's client lacks only what opens and closes connections and transactions.
      const prisma = transaction as PrismaClient;
      const past = new Past(prisma, await currentTerm(prisma), context);
      for (const step of steps) await past.happen(step);
      await andThen(prisma);
    },
    { timeout: TRANSACTION_TIMEOUT_MS },
  );
}

interface Accepted {
  readonly botId: string;
  readonly signalId: string;
  readonly watched: WatchedTrade | null;
}

/** The product as it was, one step at a time. */
class Past {
  readonly #context: HistoryContext;
  readonly #bots: BotsStore;
  readonly #closures: ClosuresStore;
  readonly #accept: AcceptSignal;
  readonly #change: ChangeSignal;
  readonly #clock: Clock;
  readonly #botIds = new Map<string, string>();
  readonly #accepted = new Map<string, Accepted>();
  #nowMs = 0;
  #market: { readonly price: string; readonly tradeId: number } = { price: '', tradeId: 0 };
  #stored: { readonly signal: NewSignal; readonly trade: NewTrade | null } | undefined;

  constructor(prisma: PrismaClient, term: number, context: HistoryContext) {
    this.#context = context;
    this.#bots = new BotsStore(prisma);
    this.#closures = new ClosuresStore(prisma, term);
    this.#clock = { ...context.clock, now: () => new Date(this.#nowMs) };
    const newId = idsFrom(this.#clock, context.randomBytes);
    const market: Market = {
      isListKnown: () => false,
      symbolInfo: () => undefined,
      refresh: () => Promise.resolve(),
      freshPrice: () => this.#market.price,
      lastTradeId: () => this.#market.tradeId,
      exchangeTimeMs: () => this.#nowMs,
    };
    const signals = new SignalsStore(prisma);
    const store: SignalStore = {
      insert: (signal, trade) => {
        this.#stored = { signal, trade };
        return signals.insert(signal, trade);
      },
      findByExternalId: () => Promise.resolve(null), // nothing was there before this past
    };
    this.#accept = new AcceptSignal(
      store,
      market,
      context.rules,
      this.#clock,
      newId,
      () => {},
      () => {},
    );
    this.#change = new ChangeSignal(signals, market, context.rules, this.#clock, newId, () => {});
  }

  async happen(step: HistoryStep): Promise<void> {
    this.#nowMs = step.atMs;
    if (this.#botIds.size === 0) await this.#createBots();
    if (step.kind === 'SIGNAL') return this.#receive(step);
    const { botId, signalId, watched } = this.#take(step.externalId);
    if (step.kind === 'CANCEL') return expectNoRefusal(await this.#change.cancel(botId, signalId));
    const list = new WatchList();
    if (watched) list.add(watched);
    const [touch] = list.apply(step.tick);
    if (!touch) throw new Error(`the tick ${step.tick.id} of ${step.tick.symbol} closes no trade of ${step.externalId}`);
    await this.#closures.close([closureOf(touch, step.tick)], this.#clock.now());
  }

  /** Some time before the first step, one after the other: they are listed by age. */
  async #createBots(): Promise<void> {
    const { randomBytes } = this.#context;
    const firstStepMs = this.#nowMs;
    for (const [index, { name }] of DEMO_BOTS.entries()) {
      this.#nowMs = firstStepMs - (DEMO_BOTS.length - index) * BOT_EVERY_MS;
      const { id } = await this.#bots.create(name, this.#clock, idsFrom(this.#clock, randomBytes), randomBytes);
      this.#botIds.set(name, id);
    }
    this.#nowMs = firstStepMs;
  }

  async #receive({ externalId, bot, input, marketPrice, lastTradeId }: HistoryStep & { kind: 'SIGNAL' }): Promise<void> {
    const botId = this.#botIds.get(bot);
    if (botId === undefined) throw new Error(`there is no bot ${bot}`);
    this.#market = { price: marketPrice, tradeId: lastTradeId };
    const { signal, refusals } = await this.#accept.accept(botId, input);
    expectNoRefusal(refusals);
    if (!signal || this.#stored === undefined) throw new Error(`${externalId} was not stored`);
    this.#accepted.set(externalId, { botId, signalId: signal.id, watched: watchedTrade(this.#stored.signal, this.#stored.trade) });
  }

  #take(externalId: string): Accepted {
    const accepted = this.#accepted.get(externalId);
    if (!accepted) throw new Error(`${externalId} was not received`);
    this.#accepted.delete(externalId);
    return accepted;
  }
}

function watchedTrade(signal: NewSignal, trade: NewTrade | null): WatchedTrade | null {
  return (
    trade && {
      ...trade,
      marketType: signal.marketType,
      symbol: signal.symbol,
      direction: signal.direction,
      entryPrice: signal.entryPrice,
      takeProfit: signal.takeProfit,
      stopLoss: signal.stopLoss,
      expiresAtMs: signal.expiresAt?.getTime() ?? null,
      entryTimeMs: trade.entryTime.getTime(),
      from: { afterTradeId: trade.openedAfterTradeId, fromTimeMs: (trade.exchangeTimeAtEntry ?? trade.entryTime).getTime() },
    }
  );
}

function expectNoRefusal(refusals: readonly { readonly code: string; readonly message: string }[]): void {
  const [refusal] = refusals;
  if (refusal) throw new Error(`the history is refused: ${refusal.code} ${refusal.message}`);
}
