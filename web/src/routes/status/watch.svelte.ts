import type { Health, RecordNow } from '#lib/graphql/later/documents.ts';
import type { Connection } from '#lib/live/later/connection.svelte.ts';
import type { Link } from '#lib/live/later/link.ts';
import type { ServerClock } from '#lib/live/later/server-clock.ts';
import type { Timers } from '#lib/live/timers.ts';
import type { Status } from './health.ts';

/** How often ages on the page are counted on. */
const TICK_MS = 1_000;

export interface Live {
  connection: Connection;
  clock: ServerClock;
}

/** What the status page shows, kept as new as the server tells it. */
export class StatusWatch {
  feeds: readonly Health[] = $state.raw([]);
  record: RecordNow = $state.raw() as RecordNow;
  /** The server's time in milliseconds, counted on while the page lives. */
  now = $state(0);
  /** The server's time when it last told anything; null until it does. */
  toldAt: number | null = $state(null);
  paused = $state(false);
  live: Live | null = $state.raw(null);

  #timers: Timers;
  #cancelTick: () => void = () => undefined;
  #waiting: { feeds?: readonly Health[]; record?: RecordNow; toldAt?: number } = {};

  constructor({ marketFeeds, performance }: Pick<Status, 'marketFeeds' | 'performance'>, timers: Timers) {
    this.feeds = marketFeeds;
    this.record = performance;
    this.now = Date.parse(performance.asOf);
    this.#timers = timers;
  }

  /** Begins to live; the answer ends it. */
  start(live: Live): () => void {
    this.live = live;
    live.clock.observe(this.record.asOf, this.#timers.now());
    this.#tick();
    live.connection.start();
    return () => {
      this.#cancelTick();
      live.connection.stop();
    };
  }

  /** A connection is up: asks to be told. */
  follow(link: Link): void {
    link.subscribe('health', {}, ({ marketFeedsUpdated: feeds }) => this.#told({ feeds }));
    link.subscribe('record', {}, ({ performanceUpdated: record }) => {
      this.live?.clock.observe(record.asOf, this.#timers.now());
      this.#told({ record });
    });
  }

  togglePause(): void {
    this.paused = !this.paused;
    if (this.paused) return;
    this.#show();
    this.#tick();
  }

  #told(news: { feeds?: readonly Health[]; record?: RecordNow }): void {
    this.#waiting = { ...this.#waiting, ...news, toldAt: this.#serverNow() };
    if (!this.paused) this.#show();
  }

  #show(): void {
    const { feeds, record, toldAt } = this.#waiting;
    this.#waiting = {};
    if (feeds) this.feeds = feeds;
    if (record) this.record = record;
    if (toldAt !== undefined) this.toldAt = toldAt;
    this.now = this.#serverNow();
  }

  #serverNow(): number {
    return this.#timers.now() + (this.live?.clock.offsetMs ?? 0);
  }

  #tick(): void {
    this.#cancelTick();
    if (this.paused) return;
    this.now = this.#serverNow();
    this.#cancelTick = this.#timers.after(TICK_MS, () => this.#tick());
  }
}
