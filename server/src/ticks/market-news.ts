import type { FeedStatus } from './feed-status.ts';
import type { Price } from './price-board.ts';
import type { MarketType } from './tick.ts';

/** A price on its way to another process: how old it is goes along, since two hosts' clocks differ. */
export interface ToldPrice extends Omit<Price, 'receivedMs'> {
  readonly ageMs: number;
}

/** What the leading worker tells of the markets: the feeds' health, and the newest price of each symbol that moved. */
export interface MarketNews {
  /** Of leadership: news of an earlier term count no more. */
  readonly term: number;
  readonly feeds: readonly FeedStatus[];
  readonly prices: readonly ToldPrice[];
}

/** The leading worker's answer about one symbol, as it stands there when the question arrives. */
export interface Quote {
  readonly term: number;
  readonly marketType: MarketType;
  readonly symbol: string;
  readonly price: ToldPrice | null;
  readonly lastTradeId: number | null;
  /** The exchange's time where it is beyond doubt, ms since 1970 UTC. */
  readonly exchangeTimeMs: number | null;
  /** Of the question: an answer that comes late says nothing of the time. */
  readonly askId: string | null;
}

export interface SymbolQuestion {
  readonly askId: string | null;
  readonly marketType: MarketType;
  readonly symbol: string;
}
