import { backoffMs, type BackoffLimits } from './backoff.ts';
import type { SocketState } from '../freshness.ts';
import type { Link, LinkEvents } from './link.ts';
import type { Timers } from '../timers.ts';

/** Two missed heartbeats of 10 s: the socket is dead even if it looks open. */
const SILENCE_LIMIT_MS = 20_000;
/** A socket that is doubted has this long to answer. */
const ANSWER_LIMIT_MS = 3_000;
const BACKOFF: BackoffLimits = { firstMs: 500, capMs: 4_000 };

export interface ConnectionOptions {
  open: (events: LinkEvents) => Link;
  timers: Timers;
  random: () => number;
  /** A link is up; `again` says that there was one before. */
  onAlive: (link: Link, again: boolean) => void;
}

/** Keeps one link open for as long as the page lives: tries for ever, after any close code, and at once when woken. */
export class Connection {
  state: SocketState = $state('idle');
  /** When the connection was lost, by the local clock; null while it is there. */
  lostAt: number | null = $state(null);
  /** When the next try begins, by the local clock; null while none is planned. */
  nextTryAt: number | null = $state(null);

  #options: ConnectionOptions;
  #link: Link | null = null;
  /** Tells the events of the present link from late ones of links before it. */
  #generation = 0;
  #attempt = 0;
  #wasAlive = false;
  #heardAt = 0;
  /** It has been asked for an answer, and nothing has come since. */
  #doubted = false;
  #cancelTry: () => void = () => undefined;
  #cancelWatch: () => void = () => undefined;
  #cancelDoubt: () => void = () => undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.state === 'idle') this.#try();
  }

  stop(): void {
    this.#drop();
    this.#cancelTry();
    this.state = 'idle';
    this.nextTryAt = null;
    this.lostAt = null;
  }

  /** The network is back, the tab is looked at again, or the reader asked: do not wait any longer. */
  wake(): void {
    if (this.state === 'waiting') this.#try();
    else this.doubt();
  }

  /** The machine says that it has no network, or has slept: a socket that looks open may be dead, and shows so soon when it is asked. */
  doubt(): void {
    if (this.state !== 'alive') return;
    this.#watch();
    this.#doubted = true;
    this.#link?.ask();
    this.#cancelDoubt();
    this.#cancelDoubt = this.#options.timers.after(ANSWER_LIMIT_MS, () => this.#doubted && this.#lost());
  }

  #try(): void {
    this.#cancelTry();
    this.nextTryAt = null;
    this.state = 'connecting';
    // A socket that never answers counts as silent, too.
    this.#heardAt = this.#options.timers.now();
    this.#watch();
    const generation = ++this.#generation;
    const current = (): boolean => generation === this.#generation;
    this.#link = this.#options.open({
      alive: () => current() && this.#alive(),
      heard: () => {
        if (!current()) return;
        this.#heardAt = this.#options.timers.now();
        this.#doubted = false;
      },
      gone: () => current() && this.#lost(),
    });
  }

  #alive(): void {
    const again = this.#wasAlive;
    this.state = 'alive';
    this.lostAt = null;
    this.#attempt = 0;
    this.#wasAlive = true;
    this.#heardAt = this.#options.timers.now();
    this.#watch();
    if (this.#link) this.#options.onAlive(this.#link, again);
  }

  #watch(): void {
    this.#cancelWatch();
    const silentMs = this.#options.timers.now() - this.#heardAt;
    if (silentMs >= SILENCE_LIMIT_MS) this.#lost();
    else this.#cancelWatch = this.#options.timers.after(SILENCE_LIMIT_MS - silentMs, () => this.#watch());
  }

  #lost(): void {
    this.#drop();
    const { timers, random } = this.#options;
    this.lostAt ??= timers.now();
    const waitMs = backoffMs(this.#attempt++, random, BACKOFF);
    this.state = 'waiting';
    this.nextTryAt = timers.now() + waitMs;
    this.#cancelTry = timers.after(waitMs, () => this.#try());
  }

  #drop(): void {
    this.#generation++;
    this.#cancelWatch();
    this.#cancelDoubt();
    const link = this.#link;
    this.#link = null;
    link?.close();
  }
}
