import { CORRUPTION_NAMES } from '../simulator/corruptions.ts';
import { DURING, MINUTE_MS, SECOND_MS, STREAM, around, demand, onStage } from './feed-story.ts';
import type { FeedVariant } from './feed-story.ts';
import { SYMBOL } from './stage.ts';
import type { Stage, StageOptions } from './stage.ts';

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

/** Frames that are well formed, and yet hardly can be true. */
function incredibleVariants(): FeedVariant[] {
  const claim = (stage: Stage, id: number, price: string) => {
    const timeMs = stage.world.nowMs;
    const event = { e: 'aggTrade', E: timeMs, s: SYMBOL, a: id, p: price, q: '1', f: id, l: id, T: timeMs, m: true };
    stage.exchange.sendEvent(stage.marketType, STREAM, event);
  };
  const lie = (name: string, tell: (stage: Stage, nextId: number) => void, isShort = false): FeedVariant => ({
    fault: 'F06',
    name,
    isShort,
    run: (options) =>
      onStage(options, (stage) =>
        around(
          stage,
          async () => {
            tell(stage, stage.tape().at(-1)!.id + 1);
            await stage.run(10 * SECOND_MS);
            const closures = stage.record.trades.size - stage.record.openTrades.length;
            demand(closures === 2, `${closures} trades are closed after a lie, expected the 2 of before`);
          },
          () => {},
        ),
      ),
  });
  return [
    lie('a price ten times the last one that REST does not know', (stage, nextId) => claim(stage, nextId, '1000'), true),
    lie('a price a tenth of the last one that REST does not know', (stage, nextId) => claim(stage, nextId, '10')),
    lie('an id a billion ahead', (stage, nextId) => claim(stage, nextId + 1_000_000_000, '104.5')),
    {
      fault: 'F06',
      name: 'a price ten times the last one that REST confirms',
      run: (options) =>
        onStage(options, async (stage) => {
          stage.openAround(4);
          await stage.inSync();
          await stage.prints([101, 1000, 100]);
          await stage.finish(2);
        }),
    },
    {
      fault: 'F06',
      name: 'a frame cut off after each of its characters',
      run: (options) =>
        onStage(options, (stage) =>
          around(
            stage,
            async () => {
              const id = stage.tape().at(-1)!.id + 1;
              const data = {
                e: 'aggTrade',
                E: stage.world.nowMs,
                s: SYMBOL,
                a: id,
                p: '104.5',
                q: '1',
                f: id,
                l: id,
                T: stage.world.nowMs,
                m: true,
              };
              const text = JSON.stringify({ stream: STREAM, data });
              for (let length = 0; length < text.length; length += 1) stage.exchange.sendText(stage.marketType, text.slice(0, length));
              await stage.run(SECOND_MS);
              demand(stage.record.openTrades.length === 4, 'a cut frame closed a trade');
            },
            () => {},
          ),
        ),
    },
  ];
}

function corruptVariants(): FeedVariant[] {
  const groups = Map.groupBy(CORRUPTION_NAMES, (name) => (/^(price|quantity|id|time|priceHuge)/.exec(name)?.[0] ?? name) as string);
  return [
    ...incredibleVariants(),
    ...[...groups].map(([group, names]): FeedVariant => ({
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
    })),
  ];
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

/** F04 to F07 and F10: messages that come twice, in disorder, corrupt or not at all, and prices that jump. */
export function messageVariants(): readonly FeedVariant[] {
  return [...orderVariants(), ...corruptVariants(), ...jumpVariants(), ...jumpOverVariants()];
}
