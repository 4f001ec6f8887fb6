import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readAggTrades } from '../simulator/replay.ts';
import type { AggTrade } from '../simulator/tape.ts';
import { decide } from './oracle.ts';
import { randomOf, table, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';
import { Stage, difference } from './stage.ts';
import type { StageOptions } from './stage.ts';

const FILE = 'XRPETH-spot-2019-10-11_13.csv.gz';
const SYMBOL = 'XRPETH';
const PASSES = 6;
const SHORT_PASSES = 2;
const SHORT_TRADES = 4_000;
/** A trade is opened at every so many prints. */
const OPEN_EVERY = 100;
/** Prints between two looks at what happened; between them all come in one go. */
const PRINTS_PER_LOOK = 5;

/** Where the real trades are: beside the checkout, or where the environment says. */
export function tradesFile(): string | undefined {
  const files = [process.env.VERIFY_TRADES_FILE, resolve(import.meta.dirname, '../../../shared/data', FILE)];
  return files.find((file) => file !== undefined && existsSync(file));
}

/**
 * Two days of real trades, again and again with other disconnects, duplicates, disorder and outages: the closures must be those of an
 * undisturbed pass and of the oracle. On spot, over real sockets, on a virtual clock.
 */
export async function replayRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const file = tradesFile();
  if (file === undefined) throw new Error(`${FILE} is not there: name it in VERIFY_TRADES_FILE`);
  const trades: AggTrade[] = [];
  for await (const trade of readAggTrades(file)) trades.push(trade);
  const part = rig.short ? trades.slice(0, SHORT_TRADES) : trades;

  const calm = await pass(part, rig.seed, false);
  const outcomes: Outcome[] = [{ name: 'undisturbed', ...(calm.fault !== undefined && { fault: calm.fault }) }];
  const rows: (string | number)[][] = [['pass', 'closures', 'live', 'repaired', 'reconnects']];
  rows.push(['undisturbed', calm.closures.size, calm.live, calm.closures.size - calm.live, calm.reconnects]);
  for (let index = 1; index <= (rig.short ? SHORT_PASSES : PASSES); index += 1) {
    const disturbed = await pass(part, rig.seed + index, true);
    const fault = disturbed.fault ?? (sameClosures(calm.closures, disturbed.closures) ? undefined : 'other closures than undisturbed');
    outcomes.push({ name: `disturbed, seed ${rig.seed + index}`, ...(fault !== undefined && { fault }) });
    rows.push([
      `seed ${rig.seed + index}`,
      disturbed.closures.size,
      disturbed.live,
      disturbed.closures.size - disturbed.live,
      disturbed.reconnects,
    ]);
  }
  rig.say(table(rows));
  const bugged = await pass(part, rig.seed + 1, true, {
    patchTick: (tick) => (tick.source === 'BACKFILL' && tick.id % 2 === 0 ? [] : [tick]),
  });
  const caught = bugged.fault !== undefined || !sameClosures(calm.closures, bugged.closures);
  return verdictOf('replay', rig, outcomes, { bug: 'every other repaired tick is lost', caught }, startedMs, {
    trades: part.length,
    closures: calm.closures.size,
  });
}

interface Pass {
  readonly closures: ReadonlyMap<string, string>;
  readonly live: number;
  readonly reconnects: number;
  readonly fault: string | undefined;
}

function sameClosures(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([id, closure]) => other.get(id) === closure);
}

async function pass(trades: readonly AggTrade[], seed: number, isDisturbed: boolean, options: StageOptions = {}): Promise<Pass> {
  const random = randomOf(seed);
  const first = trades[0]!;
  const symbols = [
    { marketType: 'SPOT' as const, symbol: 'BTCUSDT', tickSize: '0.01' },
    { marketType: 'SPOT' as const, symbol: SYMBOL, tickSize: '0.00000001', firstAggId: first.id - 1 },
  ];
  // The clock goes on much slower than the trades: what counts is their order and their own times.
  const stage = await Stage.start({
    ...options,
    marketType: 'SPOT',
    symbols,
    firstPrices: { [SYMBOL]: first.price },
    startMs: first.timeMs - 60_000,
  });
  let reconnects = 0;
  try {
    for (const [index, trade] of trades.entries()) {
      if (index % OPEN_EVERY === 0) openAt(stage, trades, index);
      stage.printAs(SYMBOL, trade);
      if (index % PRINTS_PER_LOOK !== 0) continue;
      await stage.run(20);
      if (isDisturbed && random() < 0.02) reconnects += await disturb(stage, random);
    }
    stage.exchange.faults.clear();
    await stage.until(() => stage.worker.inSync('SPOT', SYMBOL) || stage.record.openTrades.length === 0, 'the end of the tape');
    await stage.run(5_000);
    const closures = new Map<string, string>();
    let live = 0;
    for (const { id, closure } of stage.record.trades.values()) {
      if (!closure) continue;
      closures.set(
        id,
        [
          closure.status,
          closure.exitPrice.toFixed(),
          closure.exitTime.toISOString(),
          closure.aggregateTradeId,
          closure.realizedPnl.toFixed(),
        ].join(),
      );
      if (closure.source === 'LIVE') live += 1;
    }
    const wrong = [...stage.record.trades.values()].flatMap((trade) => difference(trade, decide(trade, stage.tape(SYMBOL))) ?? []);
    return { closures, live, reconnects, fault: wrong[0] };
  } catch (error) {
    return { closures: new Map(), live: 0, reconnects, fault: (error as Error).message };
  } finally {
    await stage.end();
  }
}

/** A long and a short from the price of the moment, 0.5 to 2 % away, after the trade that was the last. */
function openAt(stage: Stage, trades: readonly AggTrade[], index: number): void {
  const price = Number(trades[index]!.price);
  const distance = 0.005 + (0.015 * ((index / OPEN_EVERY) % 4)) / 3;
  const [above, below] = [price * (1 + distance), price * (1 - distance)].map((level) => level.toFixed(8)) as [string, string];
  const rest = { symbol: SYMBOL, entryPrice: trades[index]!.price, afterId: trades[index]!.id - 1, entryTimeMs: trades[index]!.timeMs };
  stage.open('LONG', above, below, rest);
  stage.open('SHORT', below, above, rest);
}

/** One thing goes wrong; gives 1 where it costs the connection. */
async function disturb(stage: Stage, random: () => number): Promise<number> {
  const { exchange } = stage;
  const kind = Math.floor(random() * 7);
  if (kind === 0) exchange.dropConnections({ marketType: 'SPOT', code: [1000, 1001, 1006, 1008][Math.floor(random() * 4)]! });
  else if (kind === 1) exchange.stallConnections('SPOT');
  else if (kind === 2) exchange.faults.shapeStreams('SPOT', { duplicates: random() }, Math.floor(random() * 1e6));
  else if (kind === 3) exchange.faults.shapeStreams('SPOT', { shuffleWindow: 2 + Math.floor(random() * 20) }, Math.floor(random() * 1e6));
  else if (kind === 4) exchange.faults.shapeStreams('SPOT', {});
  else if (kind === 5) exchange.failRequest('SPOT', { path: '/api/v3/aggTrades', status: 503 });
  else await stage.restart(random() < 0.5 ? 'kill' : 'stop');
  return kind < 2 || kind === 6 ? 1 : 0;
}
