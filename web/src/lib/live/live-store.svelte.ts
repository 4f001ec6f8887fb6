import { addDecimals } from '#lib/format/decimal.ts';
import type { Feed, OpenTrade, Performance, PriceOfTrade, Trade } from '#lib/graphql/later/documents.ts';
import type { Loaded } from '#lib/graphql/loaded.ts';
import type { EquityPoint } from '#lib/graphql/later/page-query.ts';
import { worstFeed, type FeedState } from './freshness.ts';
import { oldestPriceAt } from './price-age.ts';
import { isAfter, isFarAfter, latest, START, type Sequence } from './sequence.ts';

/** Everything that a page starts from, or starts again from after a break. */
export interface Snapshot {
  performance: Loaded<Performance>;
  feeds: Loaded<Feed[]>;
  open: Loaded<{ positions: OpenTrade[] }>;
  latest: Loaded<Trade[]>;
}

/** What a trade was opened with, which no price changes. */
export type Terms = Omit<OpenTrade, Exclude<keyof PriceOfTrade, 'id'>>;

/** A position as a table shows it. */
export interface Row {
  trade: OpenTrade;
  /** The same object for as long as nothing but prices change: what is made of it is not made anew with each of them. */
  terms: Terms;
  /** Which way the last price went, for a moment; `movedIn` is the commit that showed it. */
  moved: 'up' | 'down' | null;
  movedIn: number;
  /** Opened while this page was looking. */
  isNew: boolean;
  /** The closed trade, while its row still shows the result. */
  result: Trade | null;
}

/** What the open positions are worth at one moment. */
export interface Prices {
  asOf: string;
  positions: PriceOfTrade[];
}

export type TradeEvent = { kind: 'opened'; sequence: Sequence; trade: OpenTrade } | { kind: 'closed'; sequence: Sequence; trade: Trade };

export const LATEST_LIMIT = 8;
/** Closures seen live that the history page can put in front of its rows. */
const CLOSED_LIVE_LIMIT = 200;
/** Events that wait while paused; beyond this a new snapshot is cheaper. */
const PAUSED_EVENTS_LIMIT = 500;
/** Points that can be added to the equity line before the oldest of them go; a reload or a reconnect brings the whole line. */
const CURVE_TAIL_LIMIT = 500;
/** Ids of closed trades remembered, so that a late price list cannot bring one back. */
const CLOSED_IDS_LIMIT = 5_000;
/** Price lists in a row that disagree with the rows before a new snapshot is asked for: about two seconds. */
const DISAGREEMENTS_LIMIT = 4;

/**
 * The page's one copy of what is live: positions by id, totals from the server, closures applied once by sequence. It adds up no
 * money but the open P/L; realised figures are the server's. It knows no sockets and no timers.
 */
export class LiveStore {
  rows: readonly Row[] = $state.raw([]);
  performance: Performance | null = $state.raw(null);
  feeds: readonly Feed[] = $state.raw([]);
  latest: readonly Trade[] = $state.raw([]);
  /** Closed while this page was looking, newest first. */
  closedLive: readonly Trade[] = $state.raw([]);
  /** Points of the equity line since the last snapshot. */
  curveTail: readonly EquityPoint[] = $state.raw([]);
  /** Server time of the newest news, in milliseconds. */
  asOf = $state(-Infinity);
  paused = $state(false);
  /** Updates that wait for the reader to resume. */
  waiting = $state(0);

  /** Closures that the server's realised total does not hold yet: those after its place in the record. */
  #unsettled: readonly { readonly trade: Trade; readonly sequence: Sequence }[] = $state.raw([]);

  /** Rows that are still open; closed ones stay in `rows` for a moment to show their result. */
  openRows: readonly Row[] = $derived(this.rows.filter((row) => !row.result));
  /** The size of all open positions: of the very rows that are counted, or the two would differ for a moment. */
  invested: string = $derived(addDecimals(this.openRows.map((row) => row.trade.positionSize)));
  /** Open P/L: the open rows, and closures not settled yet. */
  unrealised: string = $derived(
    addDecimals([
      ...this.openRows.flatMap((row) => row.trade.unrealizedPnl ?? []),
      ...this.#unsettled.map(({ trade }) => trade.realizedPnl ?? '0'),
    ]),
  );
  /** Realised and open together; null until the server's realised total is known. */
  total: string | null = $derived(this.performance ? addDecimals([this.performance.totalPnl, this.unrealised]) : null);
  closedCount: number | null = $derived(this.performance ? this.performance.closedTrades + this.#unsettled.length : null);
  /** Won, lost and even: as many together as are closed. */
  outcomes: readonly number[] = $derived(
    ([1, -1, 0] as const).map((sign, i) => {
      const { wins, losses, flats } = this.performance ?? { wins: 0, losses: 0, flats: 0 };
      const unsettled = this.#unsettled.filter(({ trade }) => Math.sign(Number(trade.realizedPnl)) === sign);
      return [wins, losses, flats][i]! + unsettled.length;
    }),
  );
  /** Server time of the oldest price that counts, in milliseconds; without open positions of the newest price. Null while there is none. */
  pricesFrom: number | null = $derived.by(() => {
    if (this.openRows.length > 0)
      return oldestPriceAt(
        this.openRows.map((row) => row.trade),
        this.feeds,
      );
    const known = this.feeds.flatMap(({ lastTickAt }) => (lastTickAt ? [Date.parse(lastTickAt)] : []));
    return known.length === 0 ? null : Math.max(...known);
  });

  /** How the feeds are doing that open positions need; without positions, all. */
  feed: FeedState = $derived.by(() => {
    const held = new Set<string>(this.openRows.map((row) => row.trade.marketType));
    return worstFeed(this.feeds.filter((feed) => held.size === 0 || held.has(feed.marketType)).map((feed) => feed.state));
  });

  lastOpened: Sequence | null = START;
  lastClosed: Sequence | null = START;

  #closedIds = new Set<string>();
  #prices: Prices | null = null;
  #commits = 0;
  #disagreements = 0;
  /** A total that already holds a closure which has not come yet; applied together with it. */
  #early: Performance | null = null;
  #pausedEvents: TradeEvent[] = [];
  #pausedPerformance: Performance | null = null;
  #pausedOverflow = false;

  constructor(snapshot: Snapshot) {
    this.takeSnapshot(snapshot);
  }

  /** Starts anew with other trades: nothing of what was known may be shown among them. */
  replace(snapshot: Snapshot): void {
    this.rows = [];
    this.performance = null;
    this.latest = [];
    this.closedLive = [];
    this.waiting = 0;
    this.#unsettled = [];
    this.lastOpened = START;
    this.lastClosed = START;
    this.#closedIds.clear();
    this.#forgetPaused();
    this.takeSnapshot(snapshot);
  }

  /**
   * Replaces what is known by a fresh state of the server; parts that could not be loaded stay as they are. A state that is older than
   * the one shown, as a server that lags behind another one would send it, changes nothing.
   */
  takeSnapshot({ performance, feeds, open, latest: closed }: Snapshot): void {
    if (performance.ok && this.performance && isAfter(this.performance.sequence, performance.data.sequence)) return;
    this.#prices = null;
    this.#early = null;
    this.#disagreements = 0;
    const place = performance.ok ? performance.data.sequence : null;
    if (closed.ok) this.#takeLatest(closed.data, place);
    else if (place !== null) this.#resumeFrom(place);
    else if (this.latest.length === 0) {
      // Without any place in the record there is none to resume from: only what happens from now on is known.
      this.lastOpened = null;
      this.lastClosed = null;
    }
    if (open.ok) {
      const before = new Map(this.rows.map((row) => [row.trade.id, row]));
      const current = open.data.positions
        .filter((trade) => !this.#closedIds.has(trade.id))
        .map((trade) => toRow(trade, before.get(trade.id)));
      this.rows = sorted([...current, ...this.rows.filter((row) => row.result)]);
    }
    if (performance.ok) this.#settle(performance.data);
    if (feeds.ok) this.feeds = feeds.data;
    this.curveTail = [];
  }

  /** Newest prices; they show at the next `commit`. */
  receivePrices(prices: Prices): void {
    this.#prices = prices;
    if (this.paused) this.waiting++;
  }

  /** How many times prices have been shown. */
  get commits(): number {
    return this.#commits;
  }

  /** Shows the newest prices in one step. Answers false when the rows disagree with the server for too long. */
  commit(): boolean {
    if (this.paused || !this.#prices) return true;
    const { asOf, positions } = this.#prices;
    this.#prices = null;
    this.#commits++;
    const prices = new Map(positions.map((price) => [price.id, price]));
    let known = 0;
    this.rows = this.rows.map((row) => {
      const price = row.result ? undefined : prices.get(row.trade.id);
      if (!price) return row;
      known++;
      return movedRow(row, price, this.#commits);
    });
    this.#heard(asOf);
    const strangers = positions.filter((price) => !this.#closedIds.has(price.id)).length - known;
    const missing = this.openRows.length - known;
    this.#disagreements = strangers > 0 || missing > 0 ? this.#disagreements + 1 : 0;
    return this.#disagreements < DISAGREEMENTS_LIMIT;
  }

  /** Shows no longer which way prices went in this commit and earlier ones. */
  calm(commit: number): void {
    const isSeen = ({ moved, movedIn }: Row): boolean => moved !== null && movedIn <= commit;
    if (this.rows.some(isSeen)) this.rows = this.rows.map((row) => (isSeen(row) ? { ...row, moved: null } : row));
  }

  receivePerformance(performance: Performance): void {
    if (this.paused) {
      this.#pausedPerformance = performance;
      this.waiting++;
      return;
    }
    // Told before the snapshot that is shown and heard after it, or by a server that lags behind.
    if (this.performance && isAfter(this.performance.sequence, performance.sequence)) return;
    if (performance.closedTrades > (this.closedCount ?? 0) && !this.#early) this.#early = performance;
    else this.#settle(performance);
  }

  receiveFeeds(feeds: Feed[]): void {
    this.feeds = feeds;
  }

  /** Applies an event once; answers whether it was new and is shown. While paused it waits. */
  receiveEvent(event: TradeEvent): boolean {
    const last = event.kind === 'closed' ? this.lastClosed : this.lastOpened;
    if (last !== null && !isAfter(event.sequence, last)) return false;
    if (event.kind === 'closed') this.lastClosed = event.sequence;
    else this.lastOpened = event.sequence;
    if (this.paused) {
      this.waiting++;
      if (this.#pausedEvents.length < PAUSED_EVENTS_LIMIT) this.#pausedEvents.push(event);
      else this.#pausedOverflow = true;
      return false;
    }
    return this.#apply(event);
  }

  pause(): void {
    this.paused = true;
  }

  /**
   * Applies what waited but prices, which show at the next `commit`. Answers the events that were applied, and whether more were missed
   * than could wait.
   */
  resume(): { applied: TradeEvent[]; overflow: boolean } {
    this.paused = false;
    this.waiting = 0;
    const applied = this.#pausedEvents.filter((event) => this.#apply(event));
    if (this.#pausedPerformance) this.receivePerformance(this.#pausedPerformance);
    const overflow = this.#pausedOverflow;
    this.#forgetPaused();
    return { applied, overflow };
  }

  #forgetPaused(): void {
    this.#pausedEvents = [];
    this.#pausedPerformance = null;
    this.#pausedOverflow = false;
  }

  /** The row has shown its result long enough: it moves to the latest closed. */
  moveToLatest(id: string): void {
    const result = this.rows.find((row) => row.trade.id === id)?.result;
    if (!result) return;
    this.rows = this.rows.filter((row) => row.trade.id !== id);
    this.#addLatest([result]);
  }

  #apply(event: TradeEvent): boolean {
    const { trade } = event;
    const row = this.rows.find((other) => other.trade.id === trade.id);
    if (event.kind === 'opened') {
      if (row || this.#closedIds.has(trade.id)) return false;
      this.rows = sorted([...this.rows, { ...toRow(event.trade), isNew: true }]);
      return true;
    }
    if (this.#closedIds.has(trade.id)) return false;
    this.#remember(trade.id);
    if (!this.performance || isAfter(event.sequence, this.performance.sequence)) {
      this.#unsettled = [...this.#unsettled, { trade, sequence: event.sequence }];
    }
    this.closedLive = [trade, ...this.closedLive].slice(0, CLOSED_LIVE_LIMIT);
    if (row) this.rows = this.rows.map((other) => (other === row ? { ...other, moved: null, result: trade } : other));
    else this.#addLatest([trade]);
    if (this.#early && this.#early.closedTrades <= (this.closedCount ?? 0)) this.#settle(this.#early);
    return true;
  }

  #heard(asOf: string): void {
    this.asOf = Math.max(this.asOf, Date.parse(asOf));
  }

  /** Takes over the server's totals, and lets go of the closures that they hold. */
  #settle(performance: Performance): void {
    const before = this.performance;
    this.performance = performance;
    this.#early = null;
    this.#heard(performance.asOf);
    const settled = this.#unsettled.filter(({ sequence }) => !isAfter(sequence, performance.sequence));
    if (settled.length > 0) this.#unsettled = this.#unsettled.filter((closure) => !settled.includes(closure));
    if (!before || performance.closedTrades <= before.closedTrades) return;
    const time = settled.at(-1)?.trade.exitTime ?? performance.asOf;
    const { totalPnl, currentDrawdown: drawdown, closedTrades } = performance;
    this.curveTail = [...this.curveTail, { time, totalPnl, drawdown, closedTrades }].slice(-CURVE_TAIL_LIMIT);
  }

  /** @param place of the totals in the record: a closure behind it comes again as news, and is counted then */
  #takeLatest(trades: Trade[], place: Sequence | null): void {
    const known = place === null ? trades : trades.filter(({ closedBy }) => !isAfter(closedBy?.sequence ?? START, place));
    for (const trade of known) this.#remember(trade.id);
    const newest = known.flatMap((trade) => trade.closedBy?.sequence ?? []).reduce(latest, START);
    // The list may have been read just before the totals, so what lies between its end and their place is asked for again: each trade
    // is applied once anyhow. Where few trades are meant, the list may end long ago, and nothing of it can be missing.
    this.#resumeFrom(place !== null && isFarAfter(place, newest) ? place : newest);
    const showing = new Set(this.rows.flatMap((row) => (row.result ? [row.trade.id] : [])));
    this.#addLatest(known.filter((trade) => !showing.has(trade.id)));
  }

  #resumeFrom(sequence: Sequence): void {
    this.lastClosed = latest(sequence, this.lastClosed ?? START);
    this.lastOpened = latest(sequence, this.lastOpened ?? START);
  }

  #remember(id: string): void {
    this.#closedIds.add(id);
    const [oldest] = this.#closedIds;
    if (this.#closedIds.size > CLOSED_IDS_LIMIT && oldest) this.#closedIds.delete(oldest);
  }

  #addLatest(trades: readonly Trade[]): void {
    const byId = new Map([...this.latest, ...trades].map((trade) => [trade.id, trade]));
    const newestFirst = [...byId.values()].sort((a, b) => compare(b.exitTime ?? '', a.exitTime ?? ''));
    this.latest = newestFirst.slice(0, LATEST_LIMIT);
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Newest first; the API's instants all have the same form, so that text order is time order. */
function sorted(rows: Row[]): Row[] {
  return rows.sort((a, b) => compare(b.trade.entryTime, a.trade.entryTime) || compare(b.trade.id, a.trade.id));
}

function toRow(trade: OpenTrade, before?: Row): Row {
  return { trade, terms: trade, moved: null, movedIn: 0, isNew: before?.result === null && before.isNew, result: null };
}

function movedRow(row: Row, price: PriceOfTrade, commit: number): Row {
  const { currentPrice, currentPriceTime, symbolStatus, unrealizedPnl, unrealizedPnlPct } = price;
  const step = Number(currentPrice) - Number(row.trade.currentPrice);
  if (step === 0 && currentPriceTime === row.trade.currentPriceTime && symbolStatus === row.trade.symbolStatus) return row;
  const trade = { ...row.trade, currentPrice, currentPriceTime, symbolStatus, unrealizedPnl, unrealizedPnlPct };
  if (step === 0) return { ...row, trade };
  return { ...row, trade, moved: step > 0 ? 'up' : 'down', movedIn: commit };
}
