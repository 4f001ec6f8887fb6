import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Clock } from '../src/kernel/clock.ts';
import { systemClock } from '../src/process/system-clock.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import type { Exchange } from './exchange.ts';
import type { AggTrade } from './tape.ts';

export interface ReplayOptions {
  /** A file of Binance's public aggregate trades, .csv or .csv.gz, with or without its header line. */
  readonly file: string;
  readonly marketType: MarketType;
  /** Listed with a fitting tick size unless it is listed already. */
  readonly symbol: string;
  /** 1 prints at the pace of the file, 60 a minute in a second, Infinity as fast as the subscribers read. */
  readonly speed: number;
  /** Waits while a subscriber has more than this unsent; 256 KiB by default. */
  readonly maxBufferedBytes?: number;
  readonly clock?: Clock;
  /** Called after each print and awaited. */
  readonly afterTick?: (trade: AggTrade) => void | Promise<void>;
}

/** After so many prints it looks whether the subscribers keep up, and lets them run. */
const PRINTS_PER_LOOK = 50;

/**
 * Prints the trades of a file with their own ids and times; gives how many. Rejects when the file cannot be read, and at a
 * line that is no trade, naming it.
 */
export async function replayAggTrades(exchange: Exchange, options: ReplayOptions): Promise<number> {
  const { marketType, symbol, speed, clock = systemClock, maxBufferedBytes = 262_144 } = options;
  const startedMs = clock.monotonicMs();
  let firstTimeMs: number | undefined;
  let printed = 0;
  for await (const trade of readAggTrades(options.file)) {
    firstTimeMs ??= trade.timeMs;
    const aheadMs = (trade.timeMs - firstTimeMs) / speed - (clock.monotonicMs() - startedMs);
    if (aheadMs > 0) await new Promise<void>((resolve) => void clock.after(aheadMs, resolve));
    if (!exchange.isListed(marketType, symbol)) exchange.listSymbolFor(marketType, symbol, trade.price);
    exchange.print(marketType, symbol, trade);
    printed += 1;
    await options.afterTick?.(trade);
    if (printed % PRINTS_PER_LOOK === 0) {
      await exchange.drained(marketType, maxBufferedBytes);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return printed;
}

/** Spot files have times in µs from 2025 on; no time in ms reaches this number before the year 5138. */
const FIRST_MICROSECONDS = 100_000_000_000_000;

/** Columns: aggregate id, price, quantity, first and last raw id, time, buyer is maker (true/false in either case). */
const LINE = /^(\d+),(\d+(?:\.\d+)?),(\d+(?:\.\d+)?),(\d+),(\d+),(\d+),(true|false)(?:,.*)?$/i;

/** Reads a file of aggregate trades row by row, in the order of the file. */
export async function* readAggTrades(file: string): AsyncGenerator<AggTrade> {
  const bytes = createReadStream(file);
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  // A pipe does not hand on errors: without this a missing file would wait for ever.
  bytes.on('error', (error) => text.destroy(error));
  let line = 0;
  for await (const row of createInterface({ input: text, crlfDelay: Infinity })) {
    line += 1;
    const columns = LINE.exec(row);
    if (columns) {
      const [, id, price, quantity, firstId, lastId, time, maker] = columns as unknown as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      const timeMs = Number(time) >= FIRST_MICROSECONDS ? Math.floor(Number(time) / 1_000) : Number(time);
      yield {
        id: Number(id),
        price,
        quantity,
        firstId: Number(firstId),
        lastId: Number(lastId),
        timeMs,
        buyerIsMaker: maker.toLowerCase() === 'true',
      };
    } else if (row !== '' && !(line === 1 && /^[a-z]/i.test(row))) {
      throw new Error(`${file}, line ${line}: not an aggregate trade: ${row.slice(0, 80)}`);
    }
  }
}
