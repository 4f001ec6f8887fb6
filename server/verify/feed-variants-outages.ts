import { DURING, SECOND_MS, STREAM, around, demand, onStage } from './feed-story.ts';
import type { FeedVariant } from './feed-story.ts';
import { SYMBOL } from './stage.ts';
import type { Stage, StageOptions } from './stage.ts';

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
          async () => {
            await stage.run(KNOWN_BY_THEN_MS);
            await firstOnItsSymbol(stage);
            await stage.prints(DURING, SECOND_MS);
          },
        );
        stage.open('LONG', '104', '96', { expiresInMs: 20 * SECOND_MS });
        await stage.prints([100, 101, 100], 10 * SECOND_MS);
        await stage.finish(8);
      }),
  }));
}

/** Two answers of the exchange to what time it is, and a stream that is there again, have told by then that the host is wrong. */
const KNOWN_BY_THEN_MS = 20_000;

/** A trade on a symbol that nobody watched: a print from before its receipt reaches the take profit, one from after it the stop. */
async function firstOnItsSymbol(stage: Stage): Promise<void> {
  const symbol = 'ETHUSDT';
  await stage.prints([100, 104.5, 100], SECOND_MS, { symbol });
  await stage.run(SECOND_MS);
  stage.open('LONG', '104', '96', { symbol });
  await stage.prints([100, 95, 100], SECOND_MS, { symbol });
}

/** Every trade is told, but 8 s late: what was printed before a signal's receipt is still on its way when it comes. */
function lateVariant(): FeedVariant {
  return {
    fault: 'F02',
    name: 'a busy stream that is 8 s late',
    isShort: true,
    run: (options) =>
      onStage(options, async (stage) => {
        stage.open('LONG', '120', '80');
        await stage.inSync();
        await stage.prints([100, 100.1, 100.2], SECOND_MS);
        stage.exchange.faults.shapeStreams(stage.marketType, { delayMs: 8 * SECOND_MS });
        await stage.prints([100, 100.1, 100, 100.2, 100, 100.1, 100.2, 100, 100.1, 104.5, 100, 100.1], SECOND_MS);
        demand(stage.state !== 'LIVE', 'the feed is LIVE although it is 8 s late');
        demand(stage.feed.position(SYMBOL)?.inSync === false, 'the symbol is in sync although its stream is 8 s late');
        const trade = stage.open('LONG', '103', '95');
        await stage.prints(Array<number>(12).fill(100), SECOND_MS);
        demand(!trade.closure, 'a print from before the receipt closed a trade');
        stage.exchange.faults.shapeStreams(stage.marketType, {});
        await stage.run(8 * SECOND_MS);
        await stage.prints([100, 100, 94], SECOND_MS);
        await stage.finish();
      }),
  };
}

/** F02, F08 and F12: silence, a stream that is late, a worker that was away, a clock that is wrong. */
export function outageVariants(): readonly FeedVariant[] {
  return [...silenceVariants(), lateVariant(), ...downVariants(), ...clockVariants()];
}
