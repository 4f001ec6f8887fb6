import { plural } from './locale.ts';

/** What the page says about its connection and the age of its prices. */
export const liveText = {
  chip: {
    label: 'Connection and age of prices',
    snapshot: 'Snapshot',
    connecting: 'Connecting…',
    live: 'Live',
    connected: 'Connected',
    reconnecting: 'Reconnecting…',
    offline: 'Offline',
    paused: 'Paused',
    feedStale: 'Exchange feed stale',
    feedConnecting: 'Exchange feed connecting…',
    feedDown: 'Exchange feed down',
    asOf: (clock: string): string => `as of ${clock}`,
    prices: 'prices',
    somePrices: 'some prices',
    old: (age: string): string => `${age} old`,
    stale: (age: string): string => `stale, ${age} old`,
    noPositions: 'no open positions',
    noPrices: 'no prices yet',
    waiting: (n: number): string => `${n} ${plural(n, 'update', 'updates')} waiting`,
  },

  pause: { pause: 'Pause', resume: 'Resume' },

  banner: {
    stale: (age: string): string => `Prices stopped ${age} ago.`,
    someStale: (n: number, of: number): string => `${n} of ${of} open positions ${plural(n, 'has', 'have')} an old price.`,
    staleDetail: (time: string): string => `The oldest is from ${time}; its figures are muted, and the total is what is realised.`,
    behind:
      'Trades that touch a level meanwhile are closed once the missing prices have been fetched, so some that are shown as open may have ended.',
    notice: 'Note from the operator:',
  },
};
