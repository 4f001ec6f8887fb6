import { Decimal } from '../kernel/decimal.ts';
import { isFields, isPositiveDecimal, isSymbol, isTimeMs, isTradeId, isZeroDecimal } from './binance-values.ts';
import type { Fields } from './binance-values.ts';
import { MINUTE_MS } from './candle.ts';
import type { Candle, Kline } from './candle.ts';
import type { SymbolInfo } from './symbol-list.ts';
import type { MarketType, Tick } from './tick.ts';

/** A REST answer as its type says, or why it is not one. */
export type Parsed<T> = { readonly value: T } | { readonly refused: string };

/** One row of aggTrades; `tick` is null for a row the exchange has blanked out, whose id still counts as known. */
export interface TradeRow {
  readonly id: number;
  readonly tick: Tick | null;
}

export interface TradePage {
  /** Ascending by id, none twice. */
  readonly rows: readonly TradeRow[];
  /** Rows as received: fewer than asked means that the tape ends here for now. */
  readonly received: number;
}

/** aggTrades rows have no symbol; it is the one asked for. */
export function parseAggTrades(answer: unknown, marketType: MarketType, symbol: string): Parsed<TradePage> {
  if (!Array.isArray(answer)) return { refused: 'aggTrades is not a list' };
  const rows = new Map<number, TradeRow>();
  for (const row of answer as unknown[]) {
    if (!isFields(row)) return { refused: 'aggTrades row is not an object' };
    const { a: id, p: price, q: quantity, T: timeMs } = row;
    if (typeof id === 'number' && id < 0) continue;
    if (!isTradeId(id)) return { refused: 'aggTrades row has no trade id' };
    if (isBlanked(row)) {
      rows.set(id, { id, tick: null });
      continue;
    }
    if (!isPositiveDecimal(price) || !isPositiveDecimal(quantity) || !isTimeMs(timeMs))
      return { refused: `aggTrades row ${id} is malformed` };
    rows.set(id, { id, tick: { marketType, symbol, id, price, quantity, timeMs, source: 'BACKFILL' } });
  }
  return { value: { rows: [...rows.values()].sort((one, other) => one.id - other.id), received: answer.length } };
}

/** Duplicates that the exchange found in 2022 are blanked as p "0", q "0", f -1, l -1. */
function isBlanked(row: Fields): boolean {
  const isNegative = (value: unknown) => typeof value === 'number' && value < 0;
  return isZeroDecimal(row.p) || isZeroDecimal(row.q) || isNegative(row.f) || isNegative(row.l);
}

export interface CandlePage {
  /** Minutes in which something was traded, ascending. */
  readonly candles: readonly Candle[];
  /** When the last minute of the answer began, traded in or not; null for an empty answer. */
  readonly lastOpenMs: number | null;
}

/** klines rows of one minute: open time, open, high, low, close, volume, close time, quote volume, number of trades, ... */
export function parseCandles(answer: unknown, marketType: MarketType, symbol: string): Parsed<CandlePage> {
  if (!Array.isArray(answer)) return { refused: 'klines is not a list' };
  const candles: Candle[] = [];
  let lastOpenMs: number | null = null;
  for (const row of answer as unknown[]) {
    if (!Array.isArray(row)) return { refused: 'klines row is not a list' };
    const [openTimeMs, open, high, low, close, , , , trades] = row as unknown[];
    if (!isTimeMs(openTimeMs) || openTimeMs % MINUTE_MS !== 0) return { refused: 'klines row does not begin with a minute' };
    if (openTimeMs <= (lastOpenMs ?? 0)) return { refused: 'klines rows do not ascend' };
    if (![open, high, low, close].every(isPositiveDecimal) || !isTradeId(trades))
      return { refused: `klines row ${openTimeMs} is malformed` };
    lastOpenMs = openTimeMs;
    if (trades === 0) continue; // flat at the price before: nothing happened
    const prices = { open, high, low, close } as Pick<Candle, 'open' | 'high' | 'low' | 'close'>;
    candles.push({ marketType, symbol, ...prices, openTimeMs, closeTimeMs: openTimeMs + MINUTE_MS - 1 });
  }
  return { value: { candles, lastOpenMs } };
}

/** klines rows of any length. */
export function parseKlines(answer: unknown): Parsed<readonly Kline[]> {
  if (!Array.isArray(answer)) return { refused: 'klines is not a list' };
  const klines: Kline[] = [];
  for (const row of answer as unknown[]) {
    if (!Array.isArray(row)) return { refused: 'klines row is not a list' };
    const [openTimeMs, open, high, low, close, , , , trades] = row as unknown[];
    if (!isTimeMs(openTimeMs) || openTimeMs <= (klines.at(-1)?.openTimeMs ?? 0)) return { refused: 'klines rows do not ascend' };
    if (![open, high, low, close].every(isPositiveDecimal) || !isTradeId(trades))
      return { refused: `klines row ${openTimeMs} is malformed` };
    const kline = { openTimeMs, open, high, low, close, trades } as Kline;
    if (!isWithin(kline.open, kline) || !isWithin(kline.close, kline)) return { refused: `klines row ${openTimeMs} contradicts itself` };
    klines.push(kline);
  }
  return { value: klines };
}

function isWithin(price: string, { low, high }: Kline): boolean {
  const exact = new Decimal(price);
  return exact.gte(low) && exact.lte(high);
}

export interface CheckedPrice {
  readonly symbol: string;
  readonly price: string;
  /** The exchange's time where it gives one (futures), else null. */
  readonly timeMs: number | null;
}

/** ticker/price of all symbols. Single rows that are no price (a symbol that never traded has 0) are left out. */
export function parsePrices(answer: unknown): Parsed<readonly CheckedPrice[]> {
  if (!Array.isArray(answer)) return { refused: 'ticker/price is not a list' };
  const prices: CheckedPrice[] = [];
  for (const row of answer as unknown[]) {
    if (!isFields(row) || !isSymbol(row.symbol) || !isPositiveDecimal(row.price)) continue;
    prices.push({ symbol: row.symbol, price: row.price, timeMs: isTimeMs(row.time) ? row.time : null });
  }
  return { value: prices };
}

/** The exchange's time, ms since 1970 UTC. */
export function parseServerTime(answer: unknown): Parsed<number> {
  return isFields(answer) && isTimeMs(answer.serverTime) ? { value: answer.serverTime } : { refused: 'time has no serverTime' };
}

export function parseSpotSymbols(answer: unknown): Parsed<readonly SymbolInfo[]> {
  return parseSymbols(answer, 'SPOT', () => true);
}

const PERPETUAL: ReadonlySet<unknown> = new Set(['PERPETUAL', 'TRADIFI_PERPETUAL']);

export function parseFuturesSymbols(answer: unknown): Parsed<readonly SymbolInfo[]> {
  return parseSymbols(answer, 'FUTURES', (symbol) => PERPETUAL.has(symbol.contractType));
}

/** A row that cannot be read is left out, so that one strange listing does not hide all others; an empty list is refused. */
function parseSymbols(answer: unknown, marketType: MarketType, isOurs: (symbol: Fields) => boolean): Parsed<readonly SymbolInfo[]> {
  if (!isFields(answer) || !Array.isArray(answer.symbols)) return { refused: 'exchangeInfo has no list of symbols' };
  const symbols: SymbolInfo[] = [];
  for (const row of answer.symbols as unknown[]) {
    if (!isFields(row) || !isSymbol(row.symbol) || typeof row.quoteAsset !== 'string' || !isOurs(row)) continue;
    const status = typeof row.status === 'string' ? row.status : 'UNKNOWN';
    symbols.push({
      marketType,
      symbol: row.symbol,
      quoteAsset: row.quoteAsset,
      trading: status === 'TRADING',
      status,
      tickSize: tickSize(row.filters),
    });
  }
  return symbols.length > 0 ? { value: symbols } : { refused: 'exchangeInfo lists no symbol' };
}

/** A tick size of 0 switches the rule off. */
function tickSize(filters: unknown): string | null {
  if (!Array.isArray(filters)) return null;
  const filter = (filters as unknown[]).find((entry) => isFields(entry) && entry.filterType === 'PRICE_FILTER');
  return isFields(filter) && isPositiveDecimal(filter.tickSize) ? filter.tickSize : null;
}
