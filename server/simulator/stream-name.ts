import type { MarketType } from '../src/ticks/tick.ts';

/** Which streams a connection carries: spot has one kind; futures is split by path, and its old path carries only public ones. */
export type Route = 'spot' | 'market' | 'public' | 'private' | 'unrouted';

/** The part of a stream name after the symbol, by market. Names are fixed by Binance; anything else is a malformed stream. */
const SYMBOL_STREAM = {
  SPOT: /^(?:aggTrade|trade|blockTrade|kline_(?:1s|\d+[mhdwM])(?:@\+08:00)?|miniTicker|ticker(?:_(?:1h|4h|1d))?|bookTicker|avgPrice|referencePrice|depth(?:5|10|20)?(?:@100ms)?)$/,
  FUTURES:
    /^(?:aggTrade|trade|kline_\d+[mhdwM]|miniTicker|ticker|bookTicker|markPrice(?:@1s)?|forceOrder|depth(?:5|10|20)?(?:@(?:100|250|500)ms)?|rpiDepth@500ms|compositeIndex)$/,
};
const MARKET_STREAM = {
  SPOT: /^!(?:miniTicker@arr|ticker_(?:1h|4h|1d)@arr)$/,
  FUTURES:
    /^(?:!(?:miniTicker@arr|ticker@arr|markPrice@arr(?:@1s)?|bookTicker|forceOrder@arr|contractInfo|assetIndex@arr)|tradingSession)$/,
};
const PUBLIC_STREAM = /(?:@bookTicker|^!bookTicker|@depth.*|@rpiDepth.*|@trade)$/;

/** True for a name of the right shape; whether its symbol exists is another question, which Binance never answers. */
export function isStreamName(marketType: MarketType, name: string): boolean {
  if (MARKET_STREAM[marketType].test(name)) return true;
  const at = name.indexOf('@');
  return at > 0 && !/[\s!/]/.test(name.slice(0, at)) && SYMBOL_STREAM[marketType].test(name.slice(at + 1));
}

/** True when a connection on this route is sent the stream; elsewhere a subscription is acknowledged and stays silent. */
export function carries(route: Route, stream: string): boolean {
  switch (route) {
    case 'spot':
      return true;
    case 'public':
    case 'unrouted':
      return PUBLIC_STREAM.test(stream);
    case 'market':
      return !PUBLIC_STREAM.test(stream);
    case 'private':
      return false;
  }
}

export interface StreamRequest {
  readonly route: Route;
  /** Whether events are wrapped as {stream, data}. */
  readonly combined: boolean;
  readonly streams: readonly string[];
  /** 1 for times in ms, 1000 for µs. */
  readonly timeScale: 1 | 1000;
}

/**
 * Reads the URL of a websocket connection. Undefined when no such path exists. Throws a URIError when an escape in it is broken.
 * Paths: /ws, /ws/a/b, /stream?streams=a/b; on futures also below /market, /public and /private.
 */
export function parseStreamUrl(marketType: MarketType, url: string): StreamRequest | undefined {
  const question = url.indexOf('?');
  const path = question < 0 ? url : url.slice(0, question);
  const query = new URLSearchParams(question < 0 ? '' : url.slice(question + 1));
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent);

  let route: Route = marketType === 'SPOT' ? 'spot' : 'unrouted';
  if (marketType === 'FUTURES') {
    const first = segments[0];
    if (first === 'market' || first === 'public' || first === 'private') {
      route = first;
      segments.shift();
    }
  }
  const mode = segments.shift();
  const timeScale = marketType === 'SPOT' && query.get('timeUnit')?.toUpperCase() === 'MICROSECOND' ? 1000 : 1;
  if (mode === 'ws') return { route, combined: false, streams: segments.join('/').split('/').filter(Boolean), timeScale };
  if (mode === 'stream' && segments.length === 0) {
    return { route, combined: true, streams: (query.get('streams') ?? '').split('/').filter(Boolean), timeScale };
  }
  return undefined;
}
