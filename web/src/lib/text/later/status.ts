import { plural } from '../locale.ts';

/** The page that says how the server is doing. */
export const statusText = {
  title: 'Status',
  describe: 'How old prices are, how each market’s feed is doing, and when this page was last told.',
  lead: 'What this server knows of itself, as it happens. Two things are told apart: whether this page still hears from the server, and whether the server still hears from the exchange.',

  page: {
    title: 'This page and the server',
    connection: 'Connection',
    states: {
      idle: 'Not live: this is how it was when the page was made',
      connecting: 'Connecting…',
      alive: 'Connected',
      waiting: 'Lost; trying again',
      paused: 'Paused: nothing below moves until you resume',
    },
    told: 'Last told',
    toldAgo: (age: string, clock: string): string => `${age} ago, at ${clock}`,
    never: 'not yet; the figures below came with the page',
    record: 'Track record',
    sequence: (sequence: string): string => `event number ${sequence}`,
    trades: (open: string, closed: string): string => `${open} open, ${closed} closed trades`,
  },

  market: {
    age: 'Newest price',
    ago: (age: string, clock: string): string => `${age} old, from ${clock}`,
    noPrice: 'none yet',
    noNeed: 'none yet; prices are followed while a trade is open',
    symbols: 'Symbols watched',
    inSync: (inSync: string, all: string): string => `${inSync} of ${all} miss nothing`,
    noSymbols: 'none: no trade is open on this market',
    connections: 'Connections to the exchange',
    bringing: (live: string, all: string): string => `${live} of ${all} bring data`,
    lag: 'From the exchange to here',
    lagMs: (ms: string): string => `${ms} ms for the newest message, the difference of the clocks included`,
    noLag: 'not measured yet',
    reconnects: 'Connected again',
    repairs: 'Gaps filled',
    since: (n: number, times: string): string => `${times} ${plural(n, 'time', 'times')} since the server started`,
    meaning: 'What that means',
  },

  incidents: {
    title: 'Incidents',
    asOf: (clock: string): string =>
      `Times in which prices were not all seen as they happened, as of ${clock}, the newest first. All of it was looked up afterwards.`,
    none: (clock: string): string =>
      `None so far, as of ${clock}. A gap that is still open is listed once it is filled; the first moments of a symbol that has just been taken up are filled too, and are no incident.`,
    short: 'under 1 s',
    caption: 'Incidents of the price feeds',
    columns: { market: 'Market', from: 'From', lasted: 'Lasted', symbols: 'Symbols', source: 'Looked up' },
    sources: { LIVE: 'seen live', BACKFILL: 'trade by trade', CANDLE: 'partly by minutes only' },
  },

  states: { LIVE: 'Live', STALE: 'Stale', CONNECTING: 'Connecting', RECONNECTING: 'Reconnecting', OFFLINE: 'Offline' },
  meanings: {
    LIVE: 'Prices arrive and nothing is missing. Trades close at the first touch as it happens.',
    STALE:
      'The connection stands, but for more than 5 seconds nothing has arrived or some symbol has missed something. It is being looked up.',
    CONNECTING: 'The server has just begun and has not heard from the exchange yet.',
    RECONNECTING:
      'The connection to the exchange was lost. Once it is back, every trade that was missed is fetched and decides in the exchange’s order.',
    OFFLINE:
      'Nothing has come from the exchange for more than a minute. The server goes on trying; no closure is lost, each is decided later by what really happened meanwhile.',
  },

  legend: {
    title: 'The states',
    text: 'In every state but Live, closures may come late, and none is missed. Where the exchange has only candles left, the stop counts first and the trade says so.',
  },
  howPrices: 'How trades are watched and closed',
  more: 'For programs: the query marketFeeds and the subscription marketFeedsUpdated; /readyz says whether this server can answer.',
};
