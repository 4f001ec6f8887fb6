/** Every state of the page, and the address that opens it in the demo. CONTRIBUTING.md lists them for developers. */
export interface PageState {
  readonly path: string;
  /** What a reader must find there. */
  readonly says: RegExp;
}

const staged = (name: string, says: RegExp, path = '/bot-performance'): PageState => ({ path: `${path}?state=${name}`, says });

export const PAGE_STATES: Readonly<Record<string, PageState>> = {
  loading: staged('loading', /Loading…/),
  empty: staged('empty', /Waiting for the first signal/),
  'empty analysis': staged('empty', /The charts start with the first closed trade/, '/bot-performance/analysis'),
  'no open positions': staged('no-positions', /No open positions[\s\S]*Last closed .* ago/),
  'no match': { path: '/bot-performance/history?symbol=NOSUCH', says: /No closed trade matches Symbol: NOSUCH[\s\S]*Clear the filters/ },
  'small sample': { path: '/bot-performance?symbol=BTCUSDT&strategy=scalper&side=LONG', says: /early: fewer than 30 closed trades/ },
  'partial error': staged('panel-error', /This part could not be loaded\.\s+Error: INTERNAL_ERROR[\s\S]*Latest closed/),
  'partial error of the analysis': staged('panel-error', /By month[\s\S]*This part could not be loaded\./, '/bot-performance/analysis'),
  unreachable: staged('unreachable', /The server does not answer/),
  stale: staged('stale', /Prices stopped \d+ s ago[\s\S]*Realised only/),
  'feed down': staged('feed-down', /Exchange feed down/),
  reconnecting: staged('reconnecting', /Reconnecting…[\s\S]*Connection lost\. (Next try|Trying)/),
  offline: staged('offline', /Offline[\s\S]*Connection lost[\s\S]*The page shows what was known at \d\d:\d\d:\d\d UTC/),
  paused: staged('paused', /Paused/),
  'note of the operator': staged('notice', /Note from the operator: The feed is under maintenance/),
  'trade not found': { path: '/trades/0190a6b0-0000-7000-8000-000000000000', says: /There is no such (page|trade)/ },
};
