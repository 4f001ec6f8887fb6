import { engineText } from '#lib/text/later/engine.ts';
import type { Timers } from '../timers.ts';

/** A screen reader hears at most one message in this time. */
const GROUP_MS = 10_000;
/** Kept while they wait to be grouped; more than one of a kind is told as a number anyway. */
const WAITING_LIMIT = 1_000;

export type News = { kind: 'opened' | 'closed'; message: string };

/** What is said aloud: news grouped politely, and alerts that are said once. */
export class Announcer {
  /** The polite message (role=status). */
  status = $state('');
  /** The urgent one (role=alert). */
  alert = $state('');

  #timers: Timers;
  #waiting: News[] = [];
  #lastAt = -Infinity;
  #cancel: (() => void) | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Something happened to a trade; told alone or with others, at most once per 10 s. */
  tell(news: News): void {
    if (this.#waiting.length < WAITING_LIMIT) this.#waiting.push(news);
    if (this.#cancel) return;
    const waitMs = Math.max(0, this.#lastAt + GROUP_MS - this.#timers.now());
    if (waitMs === 0) this.#flush();
    else this.#cancel = this.#timers.after(waitMs, () => this.#flush());
  }

  /** The answer to something the reader did, or the end of a break: said at once. */
  say(message: string): void {
    this.#lastAt = this.#timers.now();
    this.status = message;
  }

  warn(message: string): void {
    this.alert = message;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #flush(): void {
    this.#cancel = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) this.say(group(waiting));
  }
}

function group(news: News[]): string {
  const opened = news.filter((item) => item.kind === 'opened');
  const closed = news.filter((item) => item.kind === 'closed');
  const told = (items: News[], many: (n: number) => string): string[] =>
    items.length === 0 ? [] : [items.length === 1 && items[0] ? items[0].message : many(items.length)];
  return [...told(closed, engineText.news.manyClosed), ...told(opened, engineText.news.manyOpened)].join(' ');
}
