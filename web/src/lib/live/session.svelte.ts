import { createContext } from 'svelte';
import { clock, type Zone } from '#lib/format/time.ts';
import { moneyChange } from '#lib/format/number.ts';
import { commonText } from '#lib/text/common.ts';
import { liveText } from '#lib/text/live.ts';
import { Announcer } from './announcer.svelte.ts';
import { Connection } from './connection.svelte.ts';
import { chipState, freshness, LIVE_LIMIT_MS, LOST_BANNER_MS, type ChipState, type Freshness } from './freshness.ts';
import type { Link, LinkEvents } from './link.ts';
import { LiveStore, type Snapshot, type TradeEvent } from './live-store.svelte.ts';
import { ServerClock } from './server-clock.ts';
import type { Timers } from './timers.ts';
import type { Filters, TradeFilter } from '#lib/url/filters.ts';

/** Prices are shown at most this often. */
const COMMIT_MS = 500;
/** How often ages on the page are counted on. */
const TICK_MS = 1_000;
/** A closed row shows its result this long. */
const RESULT_MS = 3_000;
/** A tab in the background this long gives up its prices. */
const HIDDEN_MS = 60_000;

export interface SessionOptions {
  snapshot: Snapshot;
  /** Which trades the page is about, as its address says it. */
  filters: Filters;
  /** The same as the API is asked. */
  filter: TradeFilter;
  timers: Timers;
  random: () => number;
  open: (events: LinkEvents) => Link;
  /** Fetches a new snapshot and gives it to `takeSnapshot`. */
  refetch: () => Promise<void>;
}

/** One page's live life: keeps the connection, feeds the store and knows how far the figures can be trusted. */
export class LiveSession {
  readonly store: LiveStore;
  readonly connection: Connection;
  readonly announcer: Announcer;

  /** The server's time in milliseconds, counted on while the page lives. */
  now = $state(0);
  browserOffline = $state(false);
  filters: Filters = $state.raw() as Filters;
  /** Set while the tab's prices are switched off. */
  dormant = $state(false);

  /** Age of the newest price; null where there is none. */
  /** Null where no price is known, or only one that claims to be from the future, whose age nobody can tell. */
  ageMs: number | null = $derived.by(() => {
    const { newestPriceAt } = this.store;
    if (newestPriceAt === null || newestPriceAt - this.now > LIVE_LIMIT_MS) return null;
    return Math.max(0, this.now - newestPriceAt);
  });
  freshness: Freshness = $derived(freshness(this.ageMs));
  /** Open figures are out of date: mute them and leave them out of the headline. */
  stale: boolean = $derived.by(() => this.freshness === 'stale' && this.store.openRows.length > 0);
  lostForMs: number | null = $derived.by(() =>
    this.connection.lostAt === null ? null : Math.max(0, this.#localNow - this.connection.lostAt),
  );
  lost: boolean = $derived.by(() => this.lostForMs !== null && this.lostForMs >= LOST_BANNER_MS);
  /** Seconds until the next try; 0 while one is under way. */
  nextTrySeconds: number = $derived.by(() =>
    this.connection.nextTryAt === null ? 0 : Math.max(0, Math.ceil((this.connection.nextTryAt - this.#localNow) / 1000)),
  );
  chip: ChipState = $derived.by(() =>
    chipState({
      socket: this.connection.state,
      lostForMs: this.lostForMs,
      browserOffline: this.browserOffline,
      paused: this.store.paused,
      ageMs: this.ageMs,
      feedUp: this.store.feeds.every((feed) => feed.state === 'LIVE' || feed.state === 'STALE'),
    }),
  );
  simulated: boolean = $derived.by(() => this.store.feeds.some((feed) => feed.simulated));

  #options: SessionOptions;
  #clock = new ServerClock();
  #localNow = $state(0);
  #filter: TradeFilter;
  #link: Link | null = null;
  #stopEvents: (() => void) | null = null;
  #stopPrices: (() => void) | null = null;
  #cancelCommit: (() => void) | null = null;
  #cancelHidden: () => void = () => undefined;
  #cancelTick: () => void = () => undefined;
  #lastCommitAt = -Infinity;
  #refetching: Promise<void> | null = null;
  #warned = { stale: false, lost: false };

  constructor(options: SessionOptions) {
    this.#options = options;
    const { timers, random, open, snapshot } = options;
    this.store = new LiveStore(snapshot);
    this.#filter = options.filter;
    this.filters = options.filters;
    this.announcer = new Announcer(timers);
    this.connection = new Connection({ open, timers, random, onAlive: (link, again) => void this.#begin(link, again) });
    // Until the page comes alive, "now" is when the server made it.
    this.now = snapshot.performance.ok ? Date.parse(snapshot.performance.data.asOf) : timers.now();
  }

  /** Begins to live; the answer ends it. */
  start(): () => void {
    const { performance } = this.store;
    if (performance) this.#clock.observe(performance.asOf, this.#options.timers.now());
    const hidden = (): void => this.#visibility();
    const online = (): void => this.#network(true);
    const offline = (): void => this.#network(false);
    document.addEventListener('visibilitychange', hidden);
    addEventListener('online', online);
    addEventListener('offline', offline);
    this.browserOffline = !navigator.onLine;
    this.#tick();
    this.connection.start();
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      removeEventListener('online', online);
      removeEventListener('offline', offline);
      this.#cancelTick();
      this.#cancelHidden();
      this.#cancelCommit?.();
      this.announcer.stop();
      this.connection.stop();
    };
  }

  /** A fresh state of the trades that the page is about. */
  takeSnapshot(snapshot: Snapshot): void {
    this.#observe(snapshot);
    this.store.takeSnapshot(snapshot);
  }

  /** The page is about other trades now: what is shown and what is told begin anew. */
  changeFilters(filters: Filters, filter: TradeFilter, snapshot: Snapshot): void {
    this.filters = filters;
    this.#filter = filter;
    this.#observe(snapshot);
    this.store.replace(snapshot);
    this.#stopEvents?.();
    this.#stopPrices?.();
    this.#stopPrices = null;
    if (this.#link && this.connection.state === 'alive') this.#startEvents(this.#link);
  }

  /** The time of the newest price, as it is printed in "as of". */
  pricesAt(zone: Zone): string {
    const zoneName = zone === 'UTC' ? ' UTC' : '';
    return this.store.newestPriceAt === null ? '' : clock(this.store.newestPriceAt, zone) + zoneName;
  }

  togglePause(): void {
    const { store, announcer } = this;
    if (!store.paused) {
      store.pause();
      announcer.say(liveText.pause.paused);
      return;
    }
    const { applied, overflow } = store.resume();
    for (const event of applied) this.#applied(event);
    announcer.say(liveText.pause.resumed);
    this.#tick();
    if (overflow) void this.#refetch();
  }

  async #begin(link: Link, again: boolean): Promise<void> {
    this.#link = link;
    this.#stopPrices = null;
    const closedBefore = this.store.performance?.closedTrades ?? 0;
    if (again) {
      await this.#refetch();
      if (this.#link !== link || this.connection.state !== 'alive') return;
      if (!this.store.paused)
        this.announcer.say(liveText.caughtUp(Math.max(0, (this.store.performance?.closedTrades ?? 0) - closedBefore)));
    }
    this.#startEvents(link);
  }

  #startEvents(link: Link): void {
    const { store } = this;
    const filter = this.#filter;
    const stops = [
      link.subscribe('closed', { after: store.lastClosed, filter }, ({ tradeClosed: event }) =>
        this.#event({ kind: 'closed', sequence: event.sequence, trade: event.trade }),
      ),
      link.subscribe('opened', { after: store.lastOpened, filter }, ({ tradeOpened: event }) =>
        this.#event({ kind: 'opened', sequence: event.sequence, trade: event.trade }),
      ),
    ];
    this.#stopEvents = () => stops.forEach((stop) => stop());
    if (!this.dormant) this.#startPrices();
  }

  #startPrices(): void {
    const link = this.#link;
    if (!link || this.#stopPrices || this.connection.state !== 'alive') return;
    const { store } = this;
    const filter = this.#filter;
    const server = this.#clock;
    const stops = [
      link.subscribe('feeds', {}, ({ marketFeedsUpdated }) => store.receiveFeeds(marketFeedsUpdated)),
      link.subscribe('performance', { filter }, ({ performanceUpdated }) => {
        server.observe(performanceUpdated.asOf, this.#options.timers.now());
        store.receivePerformance(performanceUpdated);
      }),
      link.subscribe('positions', { filter }, ({ openPositionsUpdated }) => {
        server.observe(openPositionsUpdated.asOf, this.#options.timers.now());
        store.receivePrices(openPositionsUpdated);
        this.#commitSoon();
      }),
    ];
    this.#stopPrices = () => stops.forEach((stop) => stop());
  }

  #event(event: TradeEvent): void {
    if (this.store.receiveEvent(event)) this.#applied(event);
  }

  #applied({ kind, trade }: TradeEvent): void {
    const side = commonText.side[trade.direction].toLowerCase();
    if (kind === 'opened') {
      this.announcer.tell({ kind, message: liveText.news.opened(trade.symbol, side) });
      return;
    }
    const result = moneyChange(trade.realizedPnl ?? '0').text;
    const reason = commonText.outcome[trade.status].toLowerCase();
    this.announcer.tell({ kind, message: liveText.news.closed(trade.symbol, side, reason, result) });
    this.#options.timers.after(RESULT_MS, () => this.store.moveToLatest(trade.id));
  }

  #commitSoon(): void {
    if (this.#cancelCommit || this.store.paused) return;
    const waitMs = Math.max(0, this.#lastCommitAt + COMMIT_MS - this.#options.timers.now());
    const commit = (): void => {
      this.#cancelCommit = null;
      this.#lastCommitAt = this.#options.timers.now();
      if (!this.store.commit()) void this.#refetch();
      this.#setNow();
    };
    if (waitMs === 0) commit();
    else this.#cancelCommit = this.#options.timers.after(waitMs, commit);
  }

  #observe({ performance }: Snapshot): void {
    if (performance.ok) this.#clock.observe(performance.data.asOf, this.#options.timers.now());
  }

  #refetch(): Promise<void> {
    this.#refetching ??= this.#options.refetch().finally(() => {
      this.#refetching = null;
    });
    return this.#refetching;
  }

  #tick(): void {
    this.#cancelTick();
    if (!this.store.paused) {
      this.#setNow();
      this.#warn('stale', this.stale, liveText.banner.staleAlert);
      this.#warn('lost', this.lost, liveText.banner.lostAlert);
    }
    this.#cancelTick = this.#options.timers.after(TICK_MS, () => this.#tick());
  }

  #setNow(): void {
    this.#localNow = this.#options.timers.now();
    this.now = this.#localNow + this.#clock.offsetMs;
  }

  /** Says a warning once when it begins, and takes it back when it ends. */
  #warn(kind: 'stale' | 'lost', active: boolean, message: string): void {
    if (active === this.#warned[kind]) return;
    this.#warned[kind] = active;
    this.announcer.warn(active ? message : '');
  }

  #network(online: boolean): void {
    this.browserOffline = !online;
    if (online) this.connection.wake();
  }

  #visibility(): void {
    this.#cancelHidden();
    if (document.visibilityState === 'hidden') {
      this.#cancelHidden = this.#options.timers.after(HIDDEN_MS, () => {
        this.dormant = true;
        this.#stopPrices?.();
        this.#stopPrices = null;
      });
      return;
    }
    this.connection.wake();
    if (!this.dormant) return;
    this.dormant = false;
    // What is shown first is true now; only then do prices move again.
    void this.#refetch().then(() => this.#startPrices());
  }
}

export const [getSession, setSession] = createContext<LiveSession>();
