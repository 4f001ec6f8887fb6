import dns from 'node:dns';
import { CORRUPTION_NAMES } from '../simulator/corruptions.ts';
import type { RestFault } from '../simulator/rest.ts';
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

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const STREAM = `${SYMBOL.toLowerCase()}@aggTrade`;
const REST_LIMIT: Readonly<Record<MarketType, number>> = { SPOT: 6_000, FUTURES: 2_400 };
const AGG_TRADES: Readonly<Record<MarketType, string>> = { SPOT: '/api/v3/aggTrades', FUTURES: '/fapi/v1/aggTrades' };

export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** A stage for the length of a story. */
export async function onStage(options: StageOptions, story: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.start(options);
  try {
    await story(stage);
  } finally {
    await stage.end();
  }
}

/** Prices that touch 4 % above, then 4 % below, then 8 % above, and so on, never two levels at once. */
const DURING = [101, 104.5, 99, 95.5, 100];
const AFTER = [108.5, 100, 91.5, 100];

/** The common story: trades are open, prices move, something happens, prices touch levels meanwhile and afterwards. */
async function around(
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

function connectionVariants(): FeedVariant[] {
  const outage = (name: string, cut: (stage: Stage) => unknown, isShort = false): FeedVariant => ({
    fault: 'F01',
    name,
    isShort,
    run: (options) =>
      onStage(options, (stage) =>
        around(
          stage,
          async () => {
            stage.exchange.refuseConnections(true, stage.marketType);
            await cut(stage);
            await stage.run(50);
            demand(stage.state !== 'LIVE', 'the feed says LIVE without a connection');
          },
          () => stage.exchange.refuseConnections(false),
        ),
      ),
  });
  const codes = [1000, 1001, 1003, 1006, 1008, 1011, 1012, 1013, 4000];
  return [
    ...codes.map((code) =>
      outage(`close code ${code}`, (stage) => stage.exchange.dropConnections({ marketType: stage.marketType, code }), code === 1006),
    ),
    outage('TCP reset', (stage) => stage.exchange.faults.resetConnections(stage.marketType)),
    {
      fault: 'F01',
      name: 'connection refused: nobody listens',
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => stage.exchange.faults.closePort(stage.marketType),
            () => stage.exchange.faults.openPort(stage.marketType),
          ),
        ),
    },
    {
      fault: 'F01',
      name: 'DNS error',
      run: (options) =>
        withName('exchange.test', (setKnown) =>
          onStage({ ...options, basesOf: nameBases('exchange.test') }, (stage) =>
            around(
              stage,
              () => {
                setKnown(false);
                stage.exchange.dropConnections({ marketType: stage.marketType });
              },
              () => setKnown(true),
            ),
          ),
        ),
    },
    {
      fault: 'F01',
      name: 'upgrade refused with 503, 418 and Retry-After',
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => {
              stage.exchange.faults.refuseUpgrades(stage.marketType, { status: 418, retryAfterSeconds: 10 });
              stage.exchange.dropConnections({ marketType: stage.marketType });
            },
            async () => {
              stage.exchange.faults.refuseUpgrades(stage.marketType, { status: 503 });
              await stage.run(5 * SECOND_MS);
              stage.exchange.faults.refuseUpgrades(stage.marketType, null);
            },
          ),
        ),
    },
    {
      fault: 'F01',
      name: 'a connection that drops again and again: at most 300 attempts in 5 minutes',
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            async () => {
              for (let round = 0; round < 200; round += 1) {
                stage.exchange.dropConnections({ marketType: stage.marketType, code: 1008 });
                await stage.run(SECOND_MS);
                stage.print('100');
              }
              demand(stage.feed.status().reconnects < 300, `${stage.feed.status().reconnects} reconnects in 200 s`);
            },
            () => {},
          ),
        ),
    },
    {
      fault: 'F01',
      name: 'the worker killed, and started again later',
      isShort: true,
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            async () => {
              await stage.worker.kill();
              await stage.prints(DURING, SECOND_MS);
            },
            () => stage.restart('kill'),
            async () => {},
          ),
        ),
    },
  ];
}

/** The base URLs by a name instead of an address. */
function nameBases(host: string): NonNullable<StageOptions['basesOf']> {
  const named = (url: string) => url.replace('127.0.0.1', host);
  return ({ spotWs, spotRest, futuresWs, futuresRest }) => ({
    spotWs: named(spotWs),
    spotRest: named(spotRest),
    futuresWs: named(futuresWs),
    futuresRest: named(futuresRest),
  });
}

/** Makes the system know `host` as this machine, until told that it does not. */
async function withName(host: string, story: (setKnown: (known: boolean) => void) => Promise<void>): Promise<void> {
  const lookup = dns.lookup;
  let isKnown = true;
  type Callback = (error: Error | null, address?: unknown, family?: number) => void;
  dns.lookup = ((name: string, ...rest: [object, Callback] | [Callback]) => {
    const callback = rest.at(-1) as Callback;
    const wantsAll = rest.length === 2 && (rest[0] as { all?: boolean }).all === true;
    if (name !== host) return (lookup as (...args: unknown[]) => void)(name, ...rest);
    if (!isKnown)
      return void queueMicrotask(() => callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })));
    queueMicrotask(() => (wantsAll ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)));
  }) as typeof dns.lookup;
  try {
    await story((known) => (isKnown = known));
  } finally {
    dns.lookup = lookup;
  }
}

function silenceVariants(): FeedVariant[] {
  const staleSoon = async (stage: Stage) => {
    const before = stage.worker.states[stage.marketType].length;
    await stage.run(10 * SECOND_MS);
    const states = stage.worker.states[stage.marketType].slice(before);
    demand(states.includes('STALE'), `within 10 s of silence the feed said ${states.join(', ') || 'nothing'}`);
  };
  return [
    {
      fault: 'F02',
      name: 'half-open: TCP alive, nothing arrives, nobody tells',
      isShort: true,
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => stage.exchange.stallConnections(stage.marketType),
            () => {},
            async () => {
              await stage.prints(DURING, 500);
              await staleSoon(stage);
            },
          ),
        ),
    },
    {
      fault: 'F02',
      name: 'pings are answered, but no data comes on any stream',
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => stage.exchange.muteStreams(stage.marketType),
            () => stage.exchange.unmuteStreams(stage.marketType),
            async () => {
              await stage.prints(DURING, 500);
              await staleSoon(stage);
            },
          ),
        ),
    },
    {
      fault: 'F02',
      name: 'one stream dead, the others live: found by the price check within 30 s',
      isShort: true,
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(4);
          stage.open('LONG', '104', '96', { symbol: 'ETHUSDT' });
          await stage.inSync();
          await stage.prints([101, 100]);
          stage.exchange.muteStreams(stage.marketType, STREAM);
          stage.print('104.5');
          stage.print('104.5', { symbol: 'ETHUSDT' });
          await stage.until(() => stage.record.openTrades.length === 0, 'the closures that the dead stream did not bring', 30 * SECOND_MS);
          await stage.finish(3);
        }),
    },
    {
      fault: 'F02',
      name: 'the same last message repeated in place of new ones',
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(4);
          await stage.inSync();
          await stage.prints([101]);
          stage.exchange.faults.freezeStream(stage.marketType, SYMBOL, true);
          await stage.prints([104.5, 99, 95.5], 200);
          await stage.until(
            () => stage.record.openTrades.length === 0,
            'the closures that the frozen stream did not bring',
            60 * SECOND_MS,
          );
          stage.exchange.faults.freezeStream(stage.marketType, SYMBOL, false);
          await stage.finish(2);
        }),
    },
    {
      fault: 'F02',
      name: 'messages arrive 20 s late',
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => stage.exchange.faults.shapeStreams(stage.marketType, { delayMs: 20 * SECOND_MS }),
            () => stage.exchange.faults.shapeStreams(stage.marketType, {}),
          ),
        ),
    },
  ];
}

function shutdownVariants(): FeedVariant[] {
  const shutdown = (name: string, closeAfterMs: number | undefined, isShort = false): FeedVariant => ({
    fault: 'F03',
    name,
    isShort,
    markets: ['SPOT'],
    run: (options) =>
      onStage(options, async (stage) => {
        await around(
          stage,
          () => stage.exchange.announceShutdown(closeAfterMs === undefined ? {} : { closeAfterMs }),
          () => {},
        );
        await stage.run(2 * MINUTE_MS);
        demand(stage.exchange.connections('SPOT').length === 1, `${stage.exchange.connections('SPOT').length} connections afterwards`);
      }),
  });
  return [
    shutdown('serverShutdown, closed at once', 0, true),
    shutdown('serverShutdown, closed after 1 s', SECOND_MS),
    shutdown('serverShutdown, closed after 60 s', 60 * SECOND_MS),
    shutdown('serverShutdown, never closed', undefined),
    ...[1000, 1001, 1006, 1008].map((lifeEndCode) => ({
      fault: 'F03',
      name: `the exchange ends every connection after its life, with ${lifeEndCode}`,
      run: (options: StageOptions) =>
        onStage({ ...options, exchangeLimits: { lifeMs: 20 * SECOND_MS, lifeEndCode } }, (stage) =>
          around(
            stage,
            () => {},
            () => {},
            (on) => on.prints([...DURING, ...DURING, ...DURING, ...DURING, ...DURING], 3 * SECOND_MS),
          ),
        ),
    })),
  ];
}

function orderVariants(): FeedVariant[] {
  const shaped = (fault: string, name: string, shape: object, isShort = false): FeedVariant => ({
    fault,
    name,
    isShort,
    run: (options) =>
      onStage(options, (stage) =>
        around(
          stage,
          () => stage.exchange.faults.shapeStreams(stage.marketType, shape, options.seed),
          () => stage.exchange.faults.shapeStreams(stage.marketType, {}),
          async (on) => {
            for (let round = 0; round < 10; round += 1) for (const price of DURING) on.print(String(price + round / 100));
            await on.prints(DURING, 50);
            await on.run(SECOND_MS);
          },
        ),
      ),
  });
  return [
    ...[0.01, 0.1, 0.5, 1].map((duplicates) =>
      shaped('F04', `${duplicates * 100} % of the messages come twice`, { duplicates }, duplicates === 1),
    ),
    {
      fault: 'F04',
      name: 'messages of minutes ago come again',
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => {},
            () => stage.run(5 * MINUTE_MS).then(() => void stage.exchange.faults.replayTape(stage.marketType, SYMBOL, 1)),
          ),
        ),
    },
    ...[2, 5, 10, 25, 50].map((shuffleWindow) =>
      shaped('F05', `disorder within ${shuffleWindow} messages`, { shuffleWindow }, shuffleWindow === 10),
    ),
    shaped('F05', 'disorder, duplicates and delay at once', { shuffleWindow: 20, duplicates: 0.3, delayMs: 300 }),
  ];
}

function corruptVariants(): FeedVariant[] {
  const groups = Map.groupBy(CORRUPTION_NAMES, (name) => (/^(price|quantity|id|time|priceHuge)/.exec(name)?.[0] ?? name) as string);
  return [...groups].map(([group, names]) => ({
    fault: 'F06',
    name: names.length === 1 ? `corrupt frame: ${group}` : `corrupt frames: ${names.join(', ')}`,
    isShort: group === 'price',
    run: (options: StageOptions) =>
      onStage(options, async (stage) => {
        await around(
          stage,
          async () => {
            for (const name of names)
              for (const price of ['108.5', '91.5']) {
                stage.exchange.faults.corrupt(stage.marketType, SYMBOL, name, price);
                await stage.world.settle();
              }
            const closures = stage.record.trades.size - stage.record.openTrades.length;
            demand(closures === 2, `${closures} trades are closed after corrupt frames, expected the 2 of before`);
            await stage.run(SECOND_MS);
          },
          () => {},
        );
      }),
  }));
}

function jumpVariants(): FeedVariant[] {
  return [
    {
      fault: 'F07',
      name: 'ids jump, and REST knows those between',
      isShort: true,
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => {
              for (const price of [100, 104.5, 99, 95.5]) stage.print(String(price), { broadcast: false });
            },
            () => {},
            (on) => on.prints([100, 101, 100]),
          ),
        ),
    },
    ...[1, 5, 5_000].map((count) => ({
      fault: 'F07',
      name: `ids jump by ${count}, and REST knows none of them`,
      run: (options: StageOptions) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => stage.exchange.skipIds(stage.marketType, SYMBOL, count),
            () => {},
          ),
        ),
    })),
    {
      fault: 'F07',
      name: 'blanked rows among those that REST gives',
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => {
              for (const price of ['100', '108.7', '104.5', '91.3', '95.5']) {
                const print = stage.print(price, { broadcast: false });
                if (price !== '108.7' && price !== '91.3') continue;
                stage.exchange.faults.blankRow(stage.marketType, SYMBOL, print.id);
                stage.tape().pop(); // withdrawn: it never was
              }
            },
            () => {},
            (on) => on.prints([100, 101, 100]),
          ),
        ),
    },
  ];
}

function downVariants(): FeedVariant[] {
  const down = (name: string, prices: readonly number[], how: 'lost' | 'stop' | 'kill', isShort = false): FeedVariant => ({
    fault: 'F08',
    name: `${name}, ${how === 'lost' ? 'connection lost' : how === 'stop' ? 'server stopped' : 'server killed'}`,
    isShort,
    run: (options) =>
      onStage(options, async (stage) => {
        stage.openAround(4);
        await stage.inSync();
        await stage.prints([101, 100]);
        if (how === 'lost') {
          stage.exchange.refuseConnections(true, stage.marketType);
          stage.exchange.dropConnections({ marketType: stage.marketType });
        } else await stage.worker[how]();
        await stage.prints(prices, SECOND_MS);
        if (how === 'lost') stage.exchange.refuseConnections(false);
        else await stage.restart(how);
        await stage.finish(2);
        const sources = new Set([...stage.record.trades.values()].map(({ closure }) => closure?.source));
        demand(sources.size === 1 && sources.has('BACKFILL'), `closed by ${[...sources].join()}, expected BACKFILL`);
      }),
  });
  return (['lost', 'stop', 'kill'] as const).flatMap((how) => [
    down('down while take profit, then stop loss was touched', [101, 104.5, 95.5, 100], how, how === 'kill'),
    down('down while stop loss, then take profit was touched', [101, 95.5, 104.5, 100], how),
    down('down while the price jumped far over a level and back', [101, 140, 100, 60, 100], how),
  ]);
}

function jumpOverVariants(): FeedVariant[] {
  return [
    {
      fault: 'F10',
      name: 'the price jumps past levels: the stop costs what it costs, the profit is the level',
      isShort: true,
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(2, 4, 8);
          await stage.inSync();
          await stage.prints([101, 120, 70, 100]);
          await stage.finish(6);
        }),
    },
    {
      fault: 'F10',
      name: 'levels touched exactly, with other digits of the same number',
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(2, 4, 8);
          await stage.inSync();
          await stage.prints([
            '101.99999999',
            '102.00',
            '103.999999999999999999',
            '104.000000000000000000',
            '92.000000000000000001',
            '92.0',
          ]);
          await stage.finish(6);
        }),
    },
  ];
}

function restVariants(): FeedVariant[] {
  const outage = async (stage: Stage, mode: RestFault, during: () => Promise<void>) => {
    stage.openAround(4);
    await stage.inSync();
    await stage.prints([101, 100]);
    stage.exchange.refuseConnections(true, stage.marketType);
    stage.exchange.dropConnections({ marketType: stage.marketType });
    await stage.prints(DURING, SECOND_MS);
    stage.exchange.faults.setRestMode(stage.marketType, mode);
    stage.exchange.refuseConnections(false);
    await during();
    demand(stage.record.openTrades.length === 2, 'a trade was closed although nothing is known of the hole');
    demand(!stage.worker.inSync(stage.marketType, SYMBOL), 'the symbol counts as in sync although nothing is known of the hole');
    stage.exchange.faults.setRestMode(stage.marketType, null);
    await stage.finish(2);
  };
  const pausing = (status: number, seconds: number): FeedVariant => ({
    fault: 'F11',
    name: `REST answers ${status} with Retry-After ${seconds}: not one request meanwhile`,
    isShort: status === 429,
    run: (options) =>
      onStage(options, async (stage) => {
        await outage(stage, { status, headers: { 'retry-after': String(seconds) } }, () => stage.run((seconds + 20) * SECOND_MS));
        const pauses = stage.exchange.faults.restPauses(stage.marketType);
        const early = pauses.reduce((sum, { requests }) => sum + requests, 0);
        demand(pauses.length > 0 && early === 0, `${early} requests during ${pauses.length} pauses`);
      }),
  });
  const failing = (name: string, mode: RestFault, forMs = 30 * SECOND_MS): FeedVariant => ({
    fault: 'F11',
    name: `REST ${name}`,
    run: (options) => onStage(options, (stage) => outage(stage, mode, () => stage.run(forMs))),
  });
  return [
    pausing(429, 30),
    pausing(418, 120),
    pausing(403, 60),
    pausing(451, 60),
    failing('answers 403 without Retry-After', { status: 403 }, 90 * SECOND_MS),
    ...[500, 502, 503, 504].map((status) => failing(`answers ${status}`, { status })),
    failing('never answers', { hang: true }),
    failing('answers after 15 s, too late', { delayMs: 15 * SECOND_MS }),
    failing('answers truncated JSON', { body: '[{"a":1,"p":"104' }),
    failing('answers HTML with status 200', { body: '<html>blocked</html>' }),
    failing('answers an object in place of a list', { body: '{}' }),
    {
      fault: 'F11',
      name: 'REST trails the stream by 3 s',
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            () => {
              stage.exchange.faults.setRestLag(stage.marketType, 3 * SECOND_MS);
              stage.exchange.dropConnections({ marketType: stage.marketType });
            },
            () => {},
            (on) => on.prints(DURING, 50),
          ),
        ),
    },
    {
      fault: 'F11',
      name: 'a backlog of 10,000 trades within half of the request weight',
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(4);
          await stage.inSync();
          stage.exchange.refuseConnections(true, stage.marketType);
          stage.exchange.dropConnections({ marketType: stage.marketType });
          for (let count = 0; count < 10_000; count += 1)
            stage.print(count === 7_777 ? '104.5' : count === 8_888 ? '95' : '100', { broadcast: false });
          stage.exchange.refuseConnections(false);
          await stage.finish(2);
          const peak = stage.exchange.faults.peakWeight(stage.marketType);
          demand(peak <= REST_LIMIT[stage.marketType] / 2, `${peak} of ${REST_LIMIT[stage.marketType]} weight used in one minute`);
        }),
    },
    {
      fault: 'F11',
      name: '200 symbols to be proven after a reconnect within half of the request weight',
      run: (options) =>
        onStage({ ...options, symbols: manySymbols(options.marketType ?? 'SPOT', 200) }, async (stage) => {
          for (let index = 0; index < 200; index += 1) stage.open('LONG', '104', '96', { symbol: `M${index}USDT` });
          await stage.inSync(30 * MINUTE_MS);
          stage.exchange.dropConnections({ marketType: stage.marketType });
          for (let index = 0; index < 200; index += 1) stage.print('104.5', { symbol: `M${index}USDT`, broadcast: false });
          await stage.until(() => stage.record.openTrades.length === 0, 'all closures', 30 * MINUTE_MS);
          await stage.finish(200);
          const peak = stage.exchange.faults.peakWeight(stage.marketType);
          demand(peak <= REST_LIMIT[stage.marketType] / 2, `${peak} of ${REST_LIMIT[stage.marketType]} weight used in one minute`);
        }),
    },
    {
      fault: 'F11',
      name: 'the repair asks for nothing but aggTrades and candles of what is missing',
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(4);
          await stage.inSync();
          const before = stage.exchange.requests(stage.marketType).length;
          stage.exchange.dropConnections({ marketType: stage.marketType });
          await stage.prints(DURING, 10);
          await stage.finish(2);
          const asked = stage.exchange.requests(stage.marketType).slice(before);
          const pages = asked.filter(({ path }) => path === AGG_TRADES[stage.marketType]).length;
          demand(pages <= 6, `${pages} pages for a hole of 5 trades`);
        }),
    },
  ];
}

export function manySymbols(marketType: MarketType, count: number): NonNullable<StageOptions['symbols']> {
  const names = Array.from({ length: count }, (_, index) => `M${index}USDT`);
  // The sentinel of every connection must beat.
  return [...names, SYMBOL].map((symbol) => ({ marketType, symbol, tickSize: '0.01' }));
}

function clockVariants(): FeedVariant[] {
  return [
    ['1 h ahead', 3_600_000],
    ['1 h behind', -3_600_000],
    ['a step of 30 s', 30_000],
    ['a step back of 2 s', -2_000],
  ].map(([name, offMs]) => ({
    fault: 'F12',
    name: `the host's clock jumps: ${name}`,
    isShort: offMs === -3_600_000,
    run: (options: StageOptions) =>
      onStage(options, async (stage) => {
        await around(
          stage,
          () => {
            stage.hostClock.offMs = offMs as number;
            stage.exchange.dropConnections({ marketType: stage.marketType });
          },
          () => {
            stage.hostClock.offMs = 0;
          },
        );
        stage.open('LONG', '104', '96', { expiresInMs: 20 * SECOND_MS });
        await stage.prints([100, 101, 100], 10 * SECOND_MS);
        await stage.finish(7);
      }),
  }));
}

/** Those of the catalogue that need nothing but what every feed has. */
export function commonVariants(): readonly FeedVariant[] {
  return [
    ...connectionVariants(),
    ...silenceVariants(),
    ...shutdownVariants(),
    ...orderVariants(),
    ...corruptVariants(),
    ...jumpVariants(),
    ...downVariants(),
    ...jumpOverVariants(),
    ...restVariants(),
    ...clockVariants(),
  ];
}
