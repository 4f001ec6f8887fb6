import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { exportRig } from './export.ts';
import { fanoutRig } from './fanout.ts';
import { feedRig } from './feed.ts';
import { gapRig } from './gap.ts';
import { leakRig } from './leak.ts';
import { dosRig } from './dos.ts';
import { authzRig } from './authz.ts';
import { inputRig } from './input.ts';
import { leaderRig } from './leader.ts';
import { replayRig } from './replay.ts';
import type { RigArguments, Verdict } from './rig.ts';
import { resumeRig } from './resume.ts';
import { simRig } from './sim.ts';
import { slowRig } from './slow.ts';
import { xssRig } from './xss.ts';

const RIGS: Readonly<Record<string, { readonly about: string; readonly run: (rig: RigArguments) => Promise<Verdict> }>> = {
  dos: { about: 'attack documents and transports by name, and readers beside 200 attacks per second', run: dosRig },
  feed: { about: 'every fault of the market feed, by name, over real sockets', run: (rig) => feedRig(rig) },
  gap: { about: '1,000 outages of 1 s to 72 h, repaired by trades and by candles', run: gapRig },
  input: { about: 'thousands of bad inputs through the real API: each is refused by its field', run: inputRig },
  leader: { about: '50 takeovers between two workers, as processes, with two API nodes beside them', run: leaderRig },
  sim: { about: '100,000 seeds of 1,000 events of the worker core on a virtual clock', run: (rig) => simRig(rig) },
  export: { about: '1,000,000 trades are downloaded: every row, the sum to the last digit, flat memory', run: exportRig },
  replay: { about: 'two days of real trades with disconnects, duplicates, disorder and outages', run: replayRig },
  fanout: { about: 'one closure to 10,000 subscribers while prices move: how late, and whether anyone misses one', run: fanoutRig },
  slow: {
    about: '200 subscribers that stall or drip, over WebSocket and SSE: the others notice nothing, each is cut in time',
    run: slowRig,
  },
  resume: { about: '1,000 subscribers dropped at random, the server restarted: every log equals the server’s', run: resumeRig },
  leak: { about: '10,000 subscribers that connect, subscribe and are killed: nothing of them stays', run: leakRig },
  xss: { about: '60 hostile texts in everything a bot writes, on every page and in the CSV', run: xssRig },
  authz: { about: 'every mutation and webhook by every role, 10,000 wrong tokens, timing, planted secrets', run: authzRig },
};
const USAGE = `usage: npm run verify -- ${Object.keys(RIGS).join('|')} [--seed N] [--short]
${Object.entries(RIGS)
  .map(([name, { about }]) => `  ${name.padEnd(7)} ${about}`)
  .join('\n')}
Each prints its seed first and, at the end, one line of JSON: the verdict. The exit code is 0 only when all went as it must.`;

const MAX_SEED = 2 ** 31;

/** The rig and its seed; undefined when the arguments make no sense. */
function read(args: readonly string[]): { name: string; seed: number; short: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: args[0] === '--' ? args.slice(1) : [...args],
      options: { seed: { type: 'string' }, short: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [name = '', ...others] = positionals;
    const seed = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed);
    if (!Object.hasOwn(RIGS, name) || others.length > 0 || !Number.isInteger(seed) || seed < 0 || seed > MAX_SEED) return undefined;
    return { name, seed, short: values.short };
  } catch {
    return undefined;
  }
}

const asked = read(process.argv.slice(2));
if (!asked) {
  console.error(USAGE);
  process.exit(2);
}
const { name, seed, short } = asked;
console.log(`verify ${name}: seed ${seed}${short ? ', short' : ''}`);
try {
  const verdict = await RIGS[name]!.run({ seed, short, say: (line) => console.log(line) });
  console.log(JSON.stringify(verdict));
  process.exit(verdict.ok ? 0 : 1);
} catch (error) {
  console.error(error);
  console.log(JSON.stringify({ rig: name, seed, short, ok: false, error: (error as Error).message }));
  process.exit(1);
}
