import { createContext } from 'svelte';
import { timeOf, type Zone } from '#lib/format/time.ts';
import type { Filters, TradeFilter } from '#lib/url/filters.ts';
import type { LiveEngine } from './later/engine.svelte.ts';
import { chipState, freshness, LIVE_LIMIT_MS, LOST_BANNER_MS, type ChipState, type Freshness } from './freshness.ts';
import { LiveStore, type Snapshot } from './live-store.svelte.ts';
import { priceStanding, type Priced, type PriceStanding } from './price-age.ts';

export interface SessionStart {
  snapshot: Snapshot;
  /** Which trades the page is about, as its address says it. */
  filters: Filters;
  /** The same as the API was asked. */
  filter: TradeFilter;
  /** Milliseconds since 1970 by this machine's clock: "now" where the server did not say when it made the page. */
  localNow: number;
}

/** What one page knows of its live figures and how far they can be trusted. The engine, fetched once the page is there, keeps it live. */
export class LiveSession {
  readonly store: LiveStore;
  /** Null until the page has come alive. */
  engine: LiveEngine | null = $state.raw(null);
  filters: Filters = $state.raw() as Filters;
  filter: TradeFilter;

  /** The server's time in milliseconds, counted on while the page lives. */
  now = $state(0);
  /** What this machine's clock says, also while the page is paused. */
  localNow = $state(0);
  /** How far the server's clock is ahead of this machine's. */
  clockOffsetMs = $state(0);
  browserOffline = $state(false);
  /** Another page is on its way and takes longer than a moment. */
  loading = $state(false);
  /** What happened while the page was away, to be read; empty after a while. */
  notice = $state('');

  /** Age of the oldest price that counts; null where no price is known, or only one that claims to be from the future, whose age nobody can tell. */
  ageMs: number | null = $derived.by(() => {
    const { pricesFrom } = this.store;
    if (pricesFrom === null || pricesFrom - this.now > LIVE_LIMIT_MS) return null;
    return Math.max(0, this.now - pricesFrom);
  });
  /** How many open positions have a price that is out of date. */
  staleCount: number = $derived.by(() => this.store.openRows.filter(({ trade }) => this.standing(trade) === 'stale').length);
  /** Open figures are out of date as soon as one of them is: mute their sum and leave it out of the headline. */
  stale: boolean = $derived(this.staleCount > 0);
  allStale: boolean = $derived.by(() => this.staleCount === this.store.openRows.length);
  /** Where merely nobody trades, prices are late and not stale. */
  freshness: Freshness = $derived.by(() => {
    const byAge = freshness(this.ageMs);
    return byAge === 'stale' && !this.stale && this.store.openRows.length > 0 ? 'late' : byAge;
  });
  lostForMs: number | null = $derived.by(() => {
    const lostAt = this.engine?.connection.lostAt ?? null;
    return lostAt === null ? null : Math.max(0, this.localNow - lostAt);
  });
  lost: boolean = $derived.by(() => this.lostForMs !== null && this.lostForMs >= LOST_BANNER_MS);
  /** When the connection was lost, by the server's clock; null while it is there. */
  lostSince: number | null = $derived.by(() => {
    const lostAt = this.engine?.connection.lostAt ?? null;
    return lostAt === null ? null : lostAt + this.clockOffsetMs;
  });
  /** Seconds until the next try; 0 while one is under way. */
  nextTrySeconds: number = $derived.by(() => {
    const nextTryAt = this.engine?.connection.nextTryAt ?? null;
    return nextTryAt === null ? 0 : Math.max(0, Math.ceil((nextTryAt - this.localNow) / 1000));
  });
  chip: ChipState = $derived.by(() =>
    chipState({
      socket: this.engine?.connection.state ?? 'idle',
      lostForMs: this.lostForMs,
      browserOffline: this.browserOffline,
      paused: this.store.paused,
      ageMs: this.ageMs,
      feed: this.store.feed,
    }),
  );
  simulated: boolean = $derived.by(() => this.store.feeds.some((feed) => feed.simulated));

  constructor({ snapshot, filters, filter, localNow }: SessionStart) {
    this.store = new LiveStore(snapshot);
    this.filters = filters;
    this.filter = filter;
    // Until the page comes alive, "now" is when the server made it.
    this.now = snapshot.performance.ok ? Date.parse(snapshot.performance.data.asOf) : localNow;
  }

  /** A fresh state of the trades that the page is about. */
  takeSnapshot(snapshot: Snapshot): void {
    this.engine?.observe(snapshot);
    this.store.takeSnapshot(snapshot);
  }

  /** The page is about other trades now: what is shown and what is told begin anew. */
  changeFilters(filters: Filters, filter: TradeFilter, snapshot: Snapshot): void {
    this.filters = filters;
    this.filter = filter;
    this.engine?.observe(snapshot);
    this.store.replace(snapshot);
    this.engine?.subscribeAnew();
  }

  /** How far the price of an open position can be trusted now. */
  standing(trade: Priced): PriceStanding {
    return priceStanding(trade, this.store.feeds, this.now, this.store.asOf);
  }

  /** The time of the oldest price that counts, as it is printed in "as of". */
  pricesAt(zone: Zone): string {
    return this.store.pricesFrom === null ? '' : timeOf(this.store.pricesFrom, this.now, zone);
  }
}

export const [getSession, setSession] = createContext<LiveSession>();
