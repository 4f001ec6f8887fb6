import { moneyChange } from '#lib/format/number.ts';
import { commonText } from '#lib/text/common.ts';
import { engineText } from '#lib/text/later/engine.ts';
import { Announcer } from './announcer.svelte.ts';
import { Connection } from './connection.svelte.ts';
import type { Link, LinkEvents } from './link.ts';
import type { Snapshot, TradeEvent } from '../live-store.svelte.ts';
import { ServerClock } from './server-clock.ts';
import type { LiveSession } from '../session.svelte.ts';
import type { Timers } from '../timers.ts';

/** Prices are shown at most this often. */
const COMMIT_MS = 500;
/** A reader who resumes sees that at once, and the prices that waited this much later: many rows of them take as long to draw. */
const RESUMED_PRICES_MS = 30;
/** It is shown this long which way a price went; one that goes on the same way meanwhile is shown on. */
const MOVED_MS = 900;
/** How often ages on the page are counted on. */
const TICK_MS = 1_000;
/** A closed row shows its result this long. */
const RESULT_MS = 3_000;
/** A tab in the background this long gives up its prices. */
const HIDDEN_MS = 60_000;
/** What happened while the page was away can be read this long. */
const NOTICE_MS = 15_000;

export interface EngineOptions {
  session: LiveSession;
  timers: Timers;
  random: () => number;
  open: (events: LinkEvents) => Link;
  /** Fetches a new snapshot and gives it to the session. */
  refetch: () => Promise<void>;
  /** The server was away and is there again: it may be a newer one. */
  onReturn: () => void;
}

/** Keeps a page live: its connection, what it is told, how often it shows that, and what is said aloud. */
export class LiveEngine {
  readonly connection: Connection;
  readonly announcer: Announcer;

  #options: EngineOptions;
  #session: LiveSession;
  #timers: Timers;
  #clock = new ServerClock();
  #link: Link | null = null;
  #stopEvents: (() => void) | null = null;
  #stopPrices: (() => void) | null = null;
  #cancelCommit: (() => void) | null = null;
  #cancelHidden: () => void = () => undefined;
  #cancelTick: () => void = () => undefined;
  #cancelNotice: () => void = () => undefined;
  #lastCommitAt = -Infinity;
  #refetching: Promise<void> | null = null;
  /** A new snapshot is due, and is fetched when the reader resumes. */
  #refetchAfterPause = false;
  /** Closed rows that move on when the reader resumes. */
  #shownLongEnough: string[] = [];
  /** The tab's prices are switched off. */
  #dormant = false;
  #warned = { stale: false, lost: false };

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#session = options.session;
    this.#timers = options.timers;
    const { timers, random, open } = options;
    this.announcer = new Announcer(timers);
    this.connection = new Connection({ open, timers, random, onAlive: (link, again) => void this.#begin(link, again) });
  }

  /** Begins to live; the answer ends it. */
  start(): () => void {
    const session = this.#session;
    session.engine = this;
    if (session.store.performance) this.#clock.observe(session.store.performance.asOf, this.#timers.now());
    const hidden = (): void => this.#visibility();
    const online = (): void => this.#network(true);
    const offline = (): void => this.#network(false);
    document.addEventListener('visibilitychange', hidden);
    addEventListener('online', online);
    addEventListener('offline', offline);
    session.browserOffline = !navigator.onLine;
    this.#tick();
    this.connection.start();
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      removeEventListener('online', online);
      removeEventListener('offline', offline);
      this.#cancelTick();
      this.#cancelHidden();
      this.#cancelNotice();
      this.#cancelCommit?.();
      this.announcer.stop();
      this.connection.stop();
    };
  }

  /** What was made by the server just now tells how its clock stands. */
  observe({ performance }: Snapshot): void {
    if (performance.ok) this.#clock.observe(performance.data.asOf, this.#timers.now());
  }

  /** Asks to be told of the trades that the page is about now. */
  subscribeAnew(): void {
    this.#stopEvents?.();
    this.#stopPrices?.();
    this.#stopPrices = null;
    if (this.#link && this.connection.state === 'alive') this.#startEvents(this.#link);
  }

  togglePause(): void {
    const { store } = this.#session;
    if (!store.paused) {
      store.pause();
      this.announcer.say(engineText.paused);
      return;
    }
    const { applied, overflow } = store.resume();
    for (const id of this.#shownLongEnough.splice(0)) store.moveToLatest(id);
    for (const event of applied) this.#applied(event);
    this.announcer.say(engineText.resumed);
    this.#cancelTick(); // time goes on together with the prices, or they would look old in between
    this.#commitSoon(RESUMED_PRICES_MS);
    if (overflow || this.#refetchAfterPause) void this.#refetch();
  }

  async #begin(link: Link, again: boolean): Promise<void> {
    const { store } = this.#session;
    this.#link = link;
    this.#stopPrices = null;
    if (again) {
      this.#options.onReturn();
      const closedBefore = store.closedCount ?? 0;
      await this.#refetch();
      if (this.#link !== link || this.connection.state !== 'alive') return;
      if (!store.paused) this.#tell(engineText.caughtUp(Math.max(0, (store.closedCount ?? 0) - closedBefore)));
    }
    this.#startEvents(link);
  }

  #startEvents(link: Link): void {
    const { store, filter } = this.#session;
    const stops = [
      link.subscribe('closed', { after: store.lastClosed, filter }, ({ tradeClosed: event }) =>
        this.#event({ kind: 'closed', sequence: event.sequence, trade: event.trade }),
      ),
      link.subscribe('opened', { after: store.lastOpened, filter }, ({ tradeOpened: event }) =>
        this.#event({ kind: 'opened', sequence: event.sequence, trade: event.trade }),
      ),
    ];
    this.#stopEvents = () => stops.forEach((stop) => stop());
    if (!this.#dormant) this.#startPrices();
  }

  #startPrices(): void {
    const link = this.#link;
    if (!link || this.#stopPrices || this.connection.state !== 'alive') return;
    const { store, filter } = this.#session;
    const observe = (asOf: string): void => this.#clock.observe(asOf, this.#timers.now());
    const stops = [
      link.subscribe('feeds', {}, ({ marketFeedsUpdated }) => store.receiveFeeds(marketFeedsUpdated)),
      link.subscribe('performance', { filter }, ({ performanceUpdated }) => {
        observe(performanceUpdated.asOf);
        store.receivePerformance(performanceUpdated);
      }),
      link.subscribe('positions', { filter }, ({ openPositionsUpdated }) => {
        observe(openPositionsUpdated.asOf);
        store.receivePrices(openPositionsUpdated);
        this.#commitSoon();
      }),
    ];
    this.#stopPrices = () => stops.forEach((stop) => stop());
  }

  #event(event: TradeEvent): void {
    if (this.#session.store.receiveEvent(event)) this.#applied(event);
  }

  #applied({ kind, trade }: TradeEvent): void {
    const side = commonText.side[trade.direction].toLowerCase();
    if (kind === 'opened') {
      this.announcer.tell({ kind, message: engineText.news.opened(trade.symbol, side) });
      return;
    }
    const result = moneyChange(trade.realizedPnl ?? '0').text;
    const reason = commonText.outcome[trade.status].toLowerCase();
    this.announcer.tell({ kind, message: engineText.news.closed(trade.symbol, side, reason, result) });
    this.#timers.after(RESULT_MS, () => {
      if (this.#session.store.paused) this.#shownLongEnough.push(trade.id);
      else this.#session.store.moveToLatest(trade.id);
    });
  }

  #commitSoon(leastMs = 0): void {
    const { store } = this.#session;
    if (this.#cancelCommit || store.paused) return;
    const waitMs = Math.max(leastMs, this.#lastCommitAt + COMMIT_MS - this.#timers.now());
    const commit = (): void => {
      this.#cancelCommit = null;
      this.#lastCommitAt = this.#timers.now();
      const before = store.commits;
      if (!store.commit()) void this.#refetch();
      const { commits } = store;
      if (commits > before) this.#timers.after(MOVED_MS, () => store.calm(commits));
      this.#tick(); // with the prices, as a long table is felt each time it is drawn
    };
    // The answer to a key is drawn first, and not together with many rows.
    const due = (): void => void (this.#cancelCommit = this.#timers.afterFrame(commit));
    if (waitMs === 0) due();
    else this.#cancelCommit = this.#timers.after(waitMs, due);
  }

  /** A new snapshot moves the page, so it waits for a reader who has paused. */
  #refetch(): Promise<void> {
    this.#refetchAfterPause = this.#session.store.paused;
    if (this.#refetchAfterPause) return Promise.resolve();
    this.#refetching ??= this.#options.refetch().finally(() => {
      this.#refetching = null;
    });
    return this.#refetching;
  }

  #tick(): void {
    this.#cancelTick();
    const session = this.#session;
    this.#setNow();
    if (!session.store.paused && !this.#dormant) this.#warn('stale', session.stale, engineText.stale);
    this.#warn('lost', session.lost, engineText.lost);
    this.#cancelTick = this.#timers.after(TICK_MS, () => this.#tick());
  }

  #setNow(): void {
    const session = this.#session;
    // A page that is paused stands still, but a connection that is lost is told also there.
    session.localNow = this.#timers.now();
    session.clockOffsetMs = this.#clock.offsetMs;
    if (!session.store.paused) session.now = session.localNow + this.#clock.offsetMs;
  }

  /** Says a warning once when it begins, and takes it back when it ends. */
  #warn(kind: 'stale' | 'lost', active: boolean, message: string): void {
    if (active === this.#warned[kind]) return;
    this.#warned[kind] = active;
    this.announcer.warn(active ? message : '');
  }

  /** For eyes and ears. */
  #tell(message: string): void {
    this.announcer.say(message);
    this.#session.notice = message;
    this.#cancelNotice();
    this.#cancelNotice = this.#timers.after(NOTICE_MS, () => {
      this.#session.notice = '';
    });
  }

  #network(online: boolean): void {
    this.#session.browserOffline = !online;
    if (online) this.connection.wake();
    else this.connection.doubt();
  }

  #visibility(): void {
    this.#cancelHidden();
    if (document.visibilityState === 'hidden') {
      this.#cancelHidden = this.#timers.after(HIDDEN_MS, () => {
        this.#dormant = true;
        this.#stopPrices?.();
        this.#stopPrices = null;
      });
      return;
    }
    this.connection.wake();
    if (!this.#dormant) return;
    this.#dormant = false;
    // What is shown first is true now; only then do prices move again.
    void this.#refetch().then(() => this.#startPrices());
  }
}
