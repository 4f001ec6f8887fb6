import { ClosuresStore, currentTerm } from '../../src/closures/closures.store.ts';
import type { Cancel, Clock } from '../../src/kernel/clock.ts';
import { compose } from '../../src/process/compose.ts';
import type { Composition, Foundation } from '../../src/process/composition.ts';
import { RecordStore } from '../../src/record/record.store.ts';
import { symbolKey } from '../../src/ticks/tick.ts';
import type { SymbolKey, Tick } from '../../src/ticks/tick.ts';
import type { Exchange } from '../exchange.ts';
import { startLivePrices } from '../live-prices.ts';
import { seededRandom } from '../price-model.ts';
import type { Random } from '../price-model.ts';
import { DEMO_SYMBOLS } from '../symbols.ts';
import { planHistory, pricesOf } from './history-plan.ts';
import { writeHistory } from './history.store.ts';
import { lastPrices, lastTradeIds } from './last-prices.store.ts';
import { keepPastCandles } from './past-candles.store.ts';

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
  if ((await new RecordStore(prisma).head()) === 0n) {
    await makeHistory(foundation, market);
    await saveCursors(foundation);
  }
  market.onEnd(startPrices(market, await lastPrices(prisma), await lastTradeIds(prisma)));
  return composition;
}

async function makeHistory({ database, config, clock, randomBytes }: Foundation, { say }: DemoMarket): Promise<void> {
  const startedMs = clock.monotonicMs();
  const { seed, ...amounts } = HISTORY;
  const options = { ...amounts, random: seededRandom(seed), endMs: clock.now().getTime() - HISTORY_PAUSE_MS };
  const prices = pricesOf(options);
  const context = { prisma: database.prisma, rules: config.rules, clock, randomBytes };
  await writeHistory(planHistory(options, prices), context, (prisma) =>
    keepPastCandles(prisma, prices, { endMs: options.endMs, limits: config.limits.candles }),
  );
  const seconds = ((clock.monotonicMs() - startedMs) / 1_000).toFixed(1);
  say(`▸ a history of ${HISTORY.trades} trades over ${HISTORY.days} days: ${seconds} s\n`);
}

/** The past was watched to its end: its open trades go on from the newest of its ids, where the exchange does. */
async function saveCursors({ database: { prisma }, clock }: Foundation): Promise<void> {
  const [prices, ids, recordSequence] = await Promise.all([lastPrices(prisma), lastTradeIds(prisma), new RecordStore(prisma).head()]);
  const timeMs = clock.now().getTime() - HISTORY_PAUSE_MS;
  const ticks = DEMO_SYMBOLS.flatMap(({ marketType, symbol }): Tick[] => {
    const [id, price] = [ids.get(symbolKey(marketType, symbol)), prices.get(symbol)];
    return id === undefined || price === undefined ? [] : [{ marketType, symbol, id, price, timeMs, quantity: '1', source: 'LIVE' }];
  });
  await new ClosuresStore(prisma, await currentTerm(prisma)).saveCursors(ticks, { at: clock.now(), recordSequence });
}

/** Each symbol goes on from its newest recorded price, with the id after its newest recorded one, and is drawn back to its own price. */
function startPrices(
  { exchange, clock, random }: DemoMarket,
  prices: ReadonlyMap<string, string>,
  tradeIds: ReadonlyMap<SymbolKey, number>,
): Cancel {
  for (const definition of DEMO_SYMBOLS) {
    const { marketType, symbol } = definition;
    const lastId = tradeIds.get(symbolKey(marketType, symbol));
    const price = prices.get(symbol) ?? definition.price;
    exchange.listSymbol({ ...definition, price, ...(lastId !== undefined && { firstAggId: lastId + 1 }) });
  }
  return startLivePrices(exchange, { clock, random, homePrice: (name) => DEMO_SYMBOLS.find(({ symbol }) => symbol === name)?.price });
}
