import { MARKET_TYPES } from '../src/ticks/tick.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { DURING, SECOND_MS, around, onStage } from './feed-story.ts';
import type { FeedVariant } from './feed-story.ts';
import { connectionAndShutdownVariants } from './feed-variants-connections.ts';
import { goneVariants } from './feed-variants-gone.ts';
import { messageVariants } from './feed-variants-messages.ts';
import { outageVariants } from './feed-variants-outages.ts';
import { rareVariants } from './feed-variants-rare.ts';
import { restVariants } from './feed-variants-rest.ts';
import { table, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';
import type { StageOptions } from './stage.ts';

/**
 * F01 to F17 of the fault catalogue, each variant over real sockets against the simulator on a virtual clock, every closure held
 * to the oracle.
 */
export async function feedRig(rig: RigArguments, only = ''): Promise<Verdict> {
  const startedMs = performance.now();
  const variants = allVariants().filter(({ isShort, name, fault }) => (!rig.short || isShort) && `${fault} ${name}`.includes(only));
  const outcomes: Outcome[] = [];
  for (const variant of variants) {
    for (const marketType of marketsOf(variant, rig.short)) {
      const name = `${variant.fault} ${variant.name} (${marketType})`;
      const fault = await outcomeOf(variant, { marketType, seed: rig.seed });
      outcomes.push({ name, ...(fault !== undefined && { fault }) });
      if (fault !== undefined) rig.say(`✗ ${name}: ${fault}`);
    }
  }
  const missed: string[] = [];
  for (const { bug, ...options } of PLANTED) if (!(await isCaught({ seed: rig.seed, ...options }))) missed.push(bug);
  rig.say(tableOf(outcomes));
  if (missed.length > 0) rig.say(`not caught: ${missed.join('; ')}`);
  return verdictOf('feed', rig, outcomes, { bug: PLANTED.map(({ bug }) => bug).join('; '), caught: missed.length === 0 }, startedMs);
}

/** By their numbers in the catalogue. */
function allVariants(): readonly FeedVariant[] {
  const variants = [
    ...connectionAndShutdownVariants(),
    ...outageVariants(),
    ...messageVariants(),
    ...goneVariants(),
    ...restVariants(),
    ...rareVariants(),
  ];
  return variants.sort((one, other) => one.fault.localeCompare(other.fault));
}

function marketsOf({ markets = MARKET_TYPES }: FeedVariant, isShort: boolean): readonly MarketType[] {
  return isShort ? markets.slice(-1) : markets;
}

async function outcomeOf(variant: FeedVariant, options: StageOptions): Promise<string | undefined> {
  try {
    await variant.run(options);
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'unknown';
  }
}

const NEVER_MS = 1_000_000_000;
const PLANTED: readonly ({ readonly bug: string } & StageOptions)[] = [
  {
    bug: 'ticks that REST repaired never reach the closing engine',
    patchTick: (tick) => (tick.source === 'BACKFILL' ? [] : [tick]),
  },
  { bug: 'repaired ticks are noted as heard live', patchTick: (tick) => [{ ...tick, source: 'LIVE' }] },
  {
    bug: 'silence is not noticed',
    limits: { staleAfterMs: NEVER_MS, silentAfterMs: NEVER_MS, priceCheckIntervalMs: NEVER_MS },
  },
];

/** A connection dies without a word; with such a worker the story must not end well. */
async function isCaught(options: StageOptions): Promise<boolean> {
  const run = (asked: StageOptions) =>
    onStage(asked, (stage) =>
      around(
        stage,
        () => void stage.exchange.stallConnections(stage.marketType),
        () => void stage.exchange.dropConnections({ marketType: stage.marketType }),
        async () => {
          await stage.prints(DURING, SECOND_MS);
          await stage.run(20 * SECOND_MS);
        },
      ),
    );
  const fault = await outcomeOf({ fault: 'F02', name: 'planted', run }, options);
  return fault !== undefined;
}

function tableOf(outcomes: readonly Outcome[]): string {
  const byFault = Map.groupBy(outcomes, ({ name }) => name.slice(0, 3));
  const rows = [...byFault].map(([fault, of]) => [fault, of.filter(({ fault: wrong }) => wrong === undefined).length, 'of', of.length]);
  return table([['fault', 'passed', '', 'variants'], ...rows]);
}
