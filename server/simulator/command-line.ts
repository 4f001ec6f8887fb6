import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { parsePlainDecimal } from '../src/kernel/decimal.ts';
import { MARKET_TYPES } from '../src/ticks/tick.ts';
import type { SymbolDefinition } from './listing.ts';
import { isSymbol } from './tick-lines.ts';

export interface CommandLine {
  /** Spot's port; futures takes the next. 0 takes two free ones. */
  readonly port: number;
  /** Path of a symbols file; undefined for the demo's symbols. */
  readonly symbolsFile: string | undefined;
  /** Let the price model run. */
  readonly live: boolean;
}

export const USAGE = 'usage: npm run simulator -- [--port 9443] [--symbols FILE.json] [--live]';

/** Throws an Error whose message is one line. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  // pnpm hands the -- on that separates a script's own arguments; npm does not.
  const own = args[0] === '--' ? args.slice(1) : [...args];
  const { values } = parseArgs({
    args: own,
    options: { port: { type: 'string', default: '9443' }, symbols: { type: 'string' }, live: { type: 'boolean', default: false } },
  });
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_534) throw new Error(`--port must be 0 to 65534, not ${values.port}`);
  return { port: Number(values.port), symbolsFile: values.symbols, live: values.live };
}

const decimal = v.pipe(
  v.string(),
  v.check((text) => parsePlainDecimal(text)?.gt(0) ?? false, 'must be a plain decimal above zero, as a string'),
);
const SymbolsFile = v.pipe(
  v.array(
    v.strictObject({
      marketType: v.picklist(MARKET_TYPES as readonly ['SPOT', 'FUTURES']),
      symbol: v.pipe(v.string(), v.check(isSymbol, 'must be upper case letters and digits')),
      tickSize: v.exactOptional(decimal),
      price: v.exactOptional(decimal),
      quoteAsset: v.exactOptional(v.string()),
      status: v.exactOptional(v.string()),
      contractType: v.exactOptional(v.string()),
      firstAggId: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    }),
  ),
  v.minLength(1, 'must hold at least one symbol'),
);

/** Reads a symbols file: a JSON array of definitions. Throws an Error whose message is one line. */
export function parseSymbols(text: string): readonly SymbolDefinition[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('not JSON');
  }
  const result = v.safeParse(SymbolsFile, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new Error(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
}
