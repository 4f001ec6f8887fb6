import type { Cancel, Clock } from '../../src/kernel/clock.ts';
import { compose } from '../../src/process/compose.ts';
import type { Composition, Foundation } from '../../src/process/composition.ts';
import { RecordStore } from '../../src/record/record.store.ts';
import type { Exchange } from '../exchange.ts';
import { startLivePrices } from '../live-prices.ts';
import { seededRandom } from '../price-model.ts';
import type { Random } from '../price-model.ts';
import { DEMO_SYMBOLS } from '../symbols.ts';
import { planHistory } from './history-plan.ts';
import { writeHistory } from './history.store.ts';
import { lastPrices } from './last-prices.store.ts';

export interface DemoMarket {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly random: Random;
  readonly say: (text: string) => void;
  /** Takes what ends the prices again. */
  readonly onEnd: (stopPrices: Cancel) => void;
}

const HISTORY = { seed: 4, days: 90, trades: 400, cancelled: 12 };
/** The history ends this long before the first start. */
const HISTORY_PAUSE_MS = 120_000;

/**
 * The product as it always is, on a record with a past and an exchange whose prices go on from the recorded ones. Nothing of the product
 * runs yet when this answers, so nobody sees half a history.
 */
export async function composeDemo(foundation: Foundation, market: DemoMarket): Promise<Composition> {
  const composition = await compose(foundation); // first: it refuses a record of real prices
  const { prisma } = foundation.database;
  if ((await new RecordStore(prisma).head()) === 0n) await makeHistory(foundation, market);
  market.onEnd(startPrices(market, await lastPrices(prisma)));
  return composition;
}

async function makeHistory({ database, config, clock, randomBytes }: Foundation, { say }: DemoMarket): Promise<void> {
  const startedMs = clock.monotonicMs();
  const { seed, ...amounts } = HISTORY;
  const steps = planHistory({ ...amounts, random: seededRandom(seed), endMs: clock.now().getTime() - HISTORY_PAUSE_MS });
  await writeHistory(steps, { prisma: database.prisma, rules: config.rules, clock, randomBytes });
  const seconds = ((clock.monotonicMs() - startedMs) / 1_000).toFixed(1);
  say(`▸ a history of ${HISTORY.trades} trades over ${HISTORY.days} days: ${seconds} s\n`);
}

/** Each symbol goes on from its newest recorded price and is drawn back to its own. */
function startPrices({ exchange, clock, random }: DemoMarket, last: ReadonlyMap<string, string>): Cancel {
  for (const symbol of DEMO_SYMBOLS) exchange.listSymbol({ ...symbol, price: last.get(symbol.symbol) ?? symbol.price });
  return startLivePrices(exchange, { clock, random, homePrice: (name) => DEMO_SYMBOLS.find(({ symbol }) => symbol === name)?.price });
}
