import dns from 'node:dns';
import { DURING, MINUTE_MS, SECOND_MS, around, demand, onStage, seamless } from './feed-story.ts';
import type { FeedVariant } from './feed-story.ts';
import type { Stage, StageOptions } from './stage.ts';

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
    {
      fault: 'F03',
      name: 'serverShutdown 60 s ahead: the successor is there first, nothing has to be fetched',
      markets: ['SPOT'],
      isShort: true,
      run: (options) =>
        onStage(options, (stage) =>
          seamless(stage, () => stage.exchange.announceShutdown({ closeAfterMs: 60 * SECOND_MS }), 10 * SECOND_MS),
        ),
    },
    {
      fault: 'F03',
      name: 'roll-over before the exchange ends the connection, on a clock 1,000 times as fast: nothing has to be fetched',
      isShort: true,
      run: (options) =>
        onStage({ ...options, limits: { rollOverAfterMs: 79_200, rollOverJitterMs: 3_600 }, exchangeLimits: { lifeMs: 86_400 } }, (stage) =>
          seamless(stage, () => {}, 300 * SECOND_MS),
        ),
    },
    {
      fault: 'F03',
      name: 'the successor of a roll-over is refused at first',
      run: (options) =>
        onStage({ ...options, limits: { rollOverAfterMs: 20_000, rollOverJitterMs: 1_000 } }, (stage) =>
          around(
            stage,
            () => stage.exchange.refuseConnections(true, stage.marketType),
            () => stage.exchange.refuseConnections(false),
            (on) => on.prints([...DURING, ...DURING], 5 * SECOND_MS),
          ),
        ),
    },
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

/** F01 and F03: connections end, and are about to end. */
export function connectionAndShutdownVariants(): readonly FeedVariant[] {
  return [...connectionVariants(), ...shutdownVariants()];
}
