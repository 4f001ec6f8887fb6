import { join, resolve } from 'node:path';
import type { Clock } from '../../src/kernel/clock.ts';
import type { Config, Environment } from '../../src/process/config.ts';
import { configFrom, processLog, projectRoot } from '../../src/process/environment.ts';
import { Closers } from '../../src/process/lifecycle.ts';
import type { Running } from '../../src/process/lifecycle.ts';
import { startServer } from '../../src/process/server.ts';
import type { RunningServer } from '../../src/process/server.ts';
import { BotsStore, slugOf } from '../../src/signals/bots.store.ts';
import type { MarketType } from '../../src/ticks/tick.ts';
import { startExchange } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import type { Random } from '../price-model.ts';
import { firstAggIdAt } from '../symbols.ts';
import { ApiClient } from './api-client.ts';
import { DEMO_BOTS, GUEST_BOT } from './cast.ts';
import { composeDemo } from './compose-demo.ts';
import { exchangePrices } from './exchange-prices.ts';
import { SAMPLE_BOT_LIMITS, SampleBot } from './sample-bot.ts';
import { FAREWELL, welcome } from './words.ts';

export interface DemoOptions {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly random: Random;
  /** Takes what the demo says to people: whole lines. */
  readonly say: (text: string) => void;
}

/** What a demo may be told; everything else of the server has its default. */
const OWN_SETTINGS = ['PORT', 'DATA_DIR', 'DATABASE_URL', 'LOG_LEVEL'];

/** Quieter than a server: what goes as it should is told by what the demo itself says. */
const LOG_LEVEL = 'warn';
const REQUEST_TIMEOUT_MS = 10_000;
const FIRST_PRICE_TIMEOUT_MS = 20_000;
const FIRST_PRICE_LOOK_MS = 25;

/** Starts exchange, server and sample bots in this process. Throws a StartFault for what a person can mend. */
export async function startDemo({ environment, clock, random, say }: DemoOptions): Promise<Running> {
  const closers = new Closers(processLog({ logLevel: LOG_LEVEL }));
  try {
    // Its symbols are listed once it is known which prices are to go on.
    const exchange = await startExchange({ clock, symbols: [], firstAggId: firstAggIdAt(clock.now()) });
    closers.add('exchange', () => exchange.stop());
    const config = configFrom(settingsOf(environment, exchange));
    const onEnd = (stopPrices: () => void): void => closers.add('prices', stopPrices);
    const market = { exchange, clock, random, say, onEnd };
    const server = await startServer({ config, compose: (foundation) => composeDemo(foundation, market) });
    closers.add('server', () => server.stop());

    const apiOf = async (name: string): Promise<{ api: ApiClient; token: string }> => {
      const token = await tokenOf(name, server);
      return { token, api: new ApiClient({ url: `${server.url}/graphql`, token, clock, timeoutMs: REQUEST_TIMEOUT_MS }) };
    };
    const guest = await apiOf(GUEST_BOT);
    const price = await firstPrice(guest.api, clock);
    const priceOf = exchangePrices({ SPOT: exchange.spotRest, FUTURES: exchange.futuresRest }, clock, REQUEST_TIMEOUT_MS);
    for (const bot of DEMO_BOTS) {
      const { api } = await apiOf(bot.name);
      const sampleBot = new SampleBot({ bot, api, priceOf, clock, random, log: server.log, limits: SAMPLE_BOT_LIMITS });
      closers.add(bot.name, () => sampleBot.stop());
      sampleBot.start();
    }
    say(welcome({ port: server.port, token: guest.token, price, dataPlace: dataPlaceOf(config) }));
    const stop = async (): Promise<void> => {
      await closers.close();
      say(FAREWELL);
    };
    return { stopDeadlineMs: server.stopDeadlineMs, stop };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

function settingsOf(environment: Environment, exchange: Exchange): Environment {
  const own = Object.fromEntries(OWN_SETTINGS.map((name) => [name, environment[name]]));
  return {
    ...own,
    DATA_DIR: own['DATA_DIR']?.trim() || join(projectRoot, 'data-demo'),
    LOG_LEVEL: own['LOG_LEVEL']?.trim() || LOG_LEVEL,
    ...exchange.environment(),
  };
}

function dataPlaceOf({ databaseUrl, dataDir }: Config): string {
  return databaseUrl === undefined ? resolve(dataDir) : 'the database of DATABASE_URL';
}

/**
 * A token that works, of a bot that is the same after a restart. Only hashes are kept, so each start has to make its own; the one of the
 * start before stays valid beside it.
 */
async function tokenOf(name: string, { database, clock, newId, randomBytes }: RunningServer): Promise<string> {
  const bots = new BotsStore(database.prisma);
  const isKnown = (await bots.list()).some(({ slug }) => slug === slugOf(name));
  if (!isKnown) return (await bots.create(name, clock, newId, randomBytes)).token;
  const [older, newer] = await bots.validTokens(name);
  if (older !== undefined && newer !== undefined) await bots.revoke(older, clock);
  return (await bots.rotate(name, clock, newId, randomBytes)).token;
}

/** The price of BTCUSDT on FUTURES, as soon as the server knows it: only from then on does it take a signal without an entry price. */
async function firstPrice(api: ApiClient, clock: Clock): Promise<string> {
  const query = 'query ($symbols: [SymbolInput!]!) { prices(symbols: $symbols) { price } }';
  const symbols: { marketType: MarketType; symbol: string }[] = [{ marketType: 'FUTURES', symbol: 'BTCUSDT' }];
  const lateMs = clock.monotonicMs() + FIRST_PRICE_TIMEOUT_MS;
  while (clock.monotonicMs() < lateMs) {
    const { prices } = await api.ask<{ prices: { price: string }[] }>(query, { symbols }, new AbortController().signal);
    if (prices[0]) return prices[0].price;
    await new Promise<void>((done) => void clock.after(FIRST_PRICE_LOOK_MS, done));
  }
  throw new Error(`the server learned no price of the simulated exchange within ${FIRST_PRICE_TIMEOUT_MS / 1_000} s`);
}
