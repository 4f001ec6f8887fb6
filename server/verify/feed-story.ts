import type { MarketType } from '../src/ticks/tick.ts';
import { SYMBOL, Stage } from './stage.ts';
import type { StageOptions } from './stage.ts';

/** One way in which a feed goes wrong, told over real sockets; rejects when the worker does not withstand it. */
export interface FeedVariant {
  /** Of the fault catalogue, e.g. F01. */
  readonly fault: string;
  readonly name: string;
  /** Part of the short form. */
  readonly isShort?: boolean;
  /** Where it can happen; both markets when left out. */
  readonly markets?: readonly MarketType[];
  run(options: StageOptions): Promise<void>;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** The stream of the stories' symbol. */
export const STREAM = `${SYMBOL.toLowerCase()}@aggTrade`;
/** Request weight per minute. */
export const REST_LIMIT: Readonly<Record<MarketType, number>> = { SPOT: 6_000, FUTURES: 2_400 };
export const AGG_TRADES: Readonly<Record<MarketType, string>> = { SPOT: '/api/v3/aggTrades', FUTURES: '/fapi/v1/aggTrades' };

export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** A stage for the length of a story. */
export async function onStage(options: StageOptions, story: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.start(options);
  try {
    await story(stage);
    // What was looked up is stored with the next cursors.
    await stage.run(2 * SECOND_MS);
    const [untruth] = stage.untruths();
    demand(untruth === undefined, untruth ?? '');
  } finally {
    await stage.end();
  }
}

/** Prices that touch 4 % above, then 4 % below, and after that 8 % above and below; never two levels at once. */
export const DURING = [101, 104.5, 99, 95.5, 100];
export const AFTER = [108.5, 100, 91.5, 100];

/** The common story: trades are open, prices move, something happens, prices touch levels meanwhile and afterwards. */
export async function around(
  stage: Stage,
  happen: () => void | Promise<void>,
  heal: () => void | Promise<void>,
  during: (stage: Stage) => Promise<void> = (on) => on.prints(DURING, SECOND_MS),
): Promise<void> {
  stage.openAround(2, 4, 8);
  await stage.inSync();
  await stage.prints([101, 100.5, 102, 100]);
  await happen();
  await during(stage);
  await heal();
  await stage.inSync();
  await stage.prints(AFTER);
  await stage.finish(6);
}

/** Prices go on while one connection takes over from another: every closure must come live, and no trade by REST. */
export async function seamless(stage: Stage, happen: () => void, forMs: number): Promise<void> {
  const { exchange, marketType } = stage;
  stage.openAround(4, 8);
  await stage.inSync();
  await stage.prints([101, 100]);
  const before = exchange.requests(marketType).length;
  const firstId = exchange.connections(marketType)[0]!.id;
  happen();
  const prices = [101, 104.5, 99, 95.5, 100];
  for (let untilMs = stage.world.nowMs + forMs, index = 0; stage.world.nowMs < untilMs; index += 1)
    await stage.prints([prices[index % prices.length]!], 500);
  demand(!exchange.connections(marketType).some(({ id }) => id === firstId), 'the first connection is still there');
  const pages = exchange
    .requests(marketType)
    .slice(before)
    .filter(({ path }) => path === AGG_TRADES[marketType]).length;
  demand(pages === 0, `${pages} requests for trades although the stream never ended`);
  await stage.prints(AFTER);
  await stage.finish(4);
  const sources = new Set([...stage.record.trades.values()].map(({ closure }) => closure?.source));
  demand(sources.size === 1 && sources.has('LIVE'), `closed by ${[...sources].join()}, expected LIVE`);
}

export function manySymbols(marketType: MarketType, count: number): NonNullable<StageOptions['symbols']> {
  const names = Array.from({ length: count }, (_, index) => `M${index}USDT`);
  // The sentinel of every connection must beat.
  return [...names, SYMBOL].map((symbol) => ({ marketType, symbol, tickSize: '0.01' }));
}
