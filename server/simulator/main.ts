import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systemClock } from '../src/process/system-clock.ts';
import { USAGE, parseCommandLine, parseSymbols } from './command-line.ts';
import type { CommandLine } from './command-line.ts';
import { answerControl } from './control-endpoint.ts';
import { startExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { SymbolDefinition } from './listing.ts';
import { startLivePrices } from './live-prices.ts';
import { seededRandom } from './price-model.ts';
import { DEMO_SYMBOLS, firstAggIdAt } from './symbols.ts';

/** Ends the process with one line on stderr: code 2 for wrong arguments, 1 when it cannot run. */
function fail(code: 1 | 2, message: string): never {
  process.stderr.write(`simulator: ${message}\n`);
  process.exit(code);
}

function readArguments(): { commandLine: CommandLine; symbols: readonly SymbolDefinition[] } {
  let commandLine: CommandLine;
  try {
    commandLine = parseCommandLine(process.argv.slice(2));
  } catch (error) {
    fail(2, `${(error as Error).message.split('\n')[0]} (${USAGE})`);
  }
  const { symbolsFile } = commandLine;
  if (symbolsFile === undefined) return { commandLine, symbols: DEMO_SYMBOLS };
  try {
    return { commandLine, symbols: parseSymbols(readFileSync(symbolsFile, 'utf8')) };
  } catch (error) {
    fail(2, `--symbols ${symbolsFile}: ${(error as Error).message}`);
  }
}

const { commandLine, symbols } = readArguments();
let exchange: Exchange;
try {
  exchange = await startExchange({
    port: commandLine.port,
    symbols,
    firstAggId: firstAggIdAt(systemClock.now()),
    otherRequests: answerControl,
  });
} catch (error) {
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number };
  fail(1, code === 'EADDRINUSE' ? `port ${port} is in use` : message);
}
const stopPrices = commandLine.live
  ? startLivePrices(exchange, { clock: systemClock, random: seededRandom(randomInt(2 ** 32)) })
  : () => {};
for (const [name, url] of Object.entries(exchange.environment())) console.log(`${name}=${url}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopPrices();
    void exchange.stop();
  });
}
