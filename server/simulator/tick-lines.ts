import { parsePlainDecimal } from '../src/kernel/decimal.ts';
import { MARKET_TYPES } from '../src/ticks/tick.ts';
import type { MarketType } from '../src/ticks/tick.ts';

/** One line of `POST /control/ticks`, checked. */
export interface TickLine {
  readonly marketType: MarketType;
  readonly symbol: string;
  readonly price: string;
  readonly quantity: string;
  /** ms since 1970 UTC; undefined for now. */
  readonly timeMs: number | undefined;
}

/** Reads lines of JSON, skipping empty ones. The first bad line spoils all: the error names it. */
export function parseTickLines(text: string): { ticks: readonly TickLine[] } | { error: string } {
  const ticks: TickLine[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const parsed = parseLine(line);
    if (typeof parsed === 'string') return { error: `line ${index + 1}: ${parsed}` };
    ticks.push(parsed);
  }
  return ticks.length > 0 ? { ticks } : { error: 'no line' };
}

/** The tick, or what is wrong. */
function parseLine(line: string): TickLine | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object';
  const { marketType, symbol, price, quantity = '1', time } = value as Record<string, unknown>;
  if (!MARKET_TYPES.includes(marketType as MarketType)) return `marketType must be one of ${MARKET_TYPES.join(', ')}`;
  if (typeof symbol !== 'string' || !isSymbol(symbol)) return 'symbol must be 1 to 40 letters and digits, upper case';
  if (!isAmount(price)) return 'price must be a plain decimal above zero, e.g. "42500.5"';
  if (!isAmount(quantity)) return 'quantity must be a plain decimal above zero, e.g. "0.25"';
  const timeMs = time === undefined || time === null ? undefined : parseTime(time);
  if (Number.isNaN(timeMs)) return 'time must be milliseconds since 1970 or an ISO time with its zone, e.g. "2026-01-31T12:00:00.000Z"';
  return { marketType: marketType as MarketType, symbol, price: String(price), quantity: String(quantity), timeMs };
}

/** True for what can be a symbol: letters of any script, as Binance has had since 2025, and digits, hyphen, dot and underscore. */
export function isSymbol(text: string): boolean {
  return /^[\p{L}\p{N}._-]{1,40}$/u.test(text) && text === text.toUpperCase();
}

function isAmount(value: unknown): boolean {
  return (typeof value === 'string' || typeof value === 'number') && (parsePlainDecimal(String(value))?.gt(0) ?? false);
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
const YEAR_2100_MS = 4_102_444_800_000;

/** NaN when it is no time. */
function parseTime(time: unknown): number {
  const timeMs = typeof time === 'string' && ISO_TIME.test(time) ? Date.parse(time) : time;
  return Number.isInteger(timeMs) && (timeMs as number) >= 0 && (timeMs as number) < YEAR_2100_MS ? (timeMs as number) : NaN;
}
