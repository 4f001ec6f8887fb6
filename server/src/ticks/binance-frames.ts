import { isFields, isPositiveDecimal, isSymbol, isTimeMs, isTradeId } from './binance-values.ts';
import type { Fields } from './binance-values.ts';
import { aggTradeStream } from './stream-plan.ts';
import type { MarketType, Tick } from './tick.ts';

/** What one frame from the exchange means. Nothing but TICK ever becomes a price. */
export type Frame =
  | { readonly kind: 'TICK'; readonly tick: Tick; readonly eventTimeMs: number }
  /** An event that only shows that the connection lives: the sentinel's. */
  | { readonly kind: 'BEAT'; readonly eventTimeMs: number | null }
  /** The answer to a control message; `id` is null where the exchange gave none back. */
  | { readonly kind: 'REPLY'; readonly id: number | null; readonly fault: ReplyFault | null }
  /** The exchange is about to end this connection. */
  | { readonly kind: 'SHUTDOWN' }
  /** An event of the coin-margined market, which shares the hosts since June 2026. */
  | { readonly kind: 'OTHER_MARKET' }
  /** Anything not exactly as documented; `symbol` where the frame names one. */
  | { readonly kind: 'REFUSED'; readonly reason: string; readonly symbol: string | null };

export interface ReplyFault {
  readonly code: number | null;
  readonly message: string;
}

const BEATS: ReadonlySet<unknown> = new Set(['kline', 'markPriceUpdate', '24hrMiniTicker']);
const COIN_MARGINED = 2;
const USD_MARGINED = 1;

/** Reads a text frame, bare or wrapped as `{stream, data}`. Never throws. */
export function parseFrame(text: string, marketType: MarketType): Frame {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return refused('not JSON');
  }
  if (!isFields(frame)) return refused('not an object');
  if ('stream' in frame && 'data' in frame) {
    if (typeof frame.stream !== 'string') return refused('stream is not a name');
    return isFields(frame.data) ? parseEvent(frame.data, frame.stream, marketType) : refused('data is not an object');
  }
  if ('e' in frame) return parseEvent(frame, null, marketType);
  if ('result' in frame || 'error' in frame || 'code' in frame) return parseReply(frame);
  return refused('neither event nor reply');
}

function parseEvent(event: Fields, stream: string | null, marketType: MarketType): Frame {
  if (event.e === 'serverShutdown') return { kind: 'SHUTDOWN' };
  if (event.st === COIN_MARGINED) return { kind: 'OTHER_MARKET' };
  if (event.e === 'aggTrade') return parseAggTrade(event, stream, marketType);
  if (BEATS.has(event.e)) return { kind: 'BEAT', eventTimeMs: isTimeMs(event.E) ? event.E : null };
  return refused('unknown event', event);
}

function parseAggTrade(event: Fields, stream: string | null, marketType: MarketType): Frame {
  const { s: symbol, a: id, p: price, q: quantity, T: timeMs, E: eventTimeMs, st } = event;
  if (st !== undefined && st !== USD_MARGINED) return refused('st is not a market', event);
  if (!isSymbol(symbol)) return refused('s is not a symbol');
  if (stream !== null && stream !== aggTradeStream(symbol)) return refused('symbol is not the one of its stream', event);
  if (!isTradeId(id)) return refused('a is not a trade id', event);
  if (!isPositiveDecimal(price)) return refused('p is not a price', event);
  if (!isPositiveDecimal(quantity)) return refused('q is not a quantity', event);
  if (!isTimeMs(timeMs)) return refused('T is not a time', event);
  if (!isTimeMs(eventTimeMs)) return refused('E is not a time', event);
  return { kind: 'TICK', tick: { marketType, symbol, id, price, quantity, timeMs, source: 'LIVE' }, eventTimeMs };
}

/** `{result, id}`, and errors in both shapes seen: `{error: {code, msg}, id}` and flat `{code, msg, id}`. */
function parseReply(frame: Fields): Frame {
  const id = isTradeId(frame.id) ? frame.id : null;
  if (!('error' in frame) && !('code' in frame)) return { kind: 'REPLY', id, fault: null };
  const fault = isFields(frame.error) ? frame.error : frame;
  const code = Number.isSafeInteger(fault.code) ? (fault.code as number) : null;
  return { kind: 'REPLY', id, fault: { code, message: typeof fault.msg === 'string' ? fault.msg : '' } };
}

function refused(reason: string, event?: Fields): Frame {
  return { kind: 'REFUSED', reason, symbol: event && isSymbol(event.s) ? event.s : null };
}
