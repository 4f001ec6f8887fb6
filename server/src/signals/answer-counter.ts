import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';
import type { RefusalCode } from './refusals.ts';

/** How a signal was answered that was not stored: because it was already, or why not. */
export type UnstoredAnswer = 'DUPLICATE' | RefusalCode;

/** So many answers of one kind to one bot within one hour. */
export interface AnswerCount {
  readonly botId: string;
  /** Its first moment, UTC. */
  readonly hour: Date;
  readonly answer: UnstoredAnswer;
  readonly count: number;
}

export interface AnswerStore {
  /** Adds to what is stored, all or nothing. */
  add(counts: readonly AnswerCount[]): Promise<void>;
}

const MS_PER_HOUR = 3_600_000;

/**
 * Counts the answers that leave no row of their own. Whoever answers never waits for it and never fails by it: counts are
 * added up in memory while a write is under way and written together after it, so a flood of refusals is one small write at a
 * time. What waits is bounded, for there are only so many bots, kinds and hours; after a crash the counts of the last write are missing.
 */
export class AnswerCounter implements Service {
  readonly name = 'answer counter';
  readonly #store: AnswerStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #retryMs: number;
  #waiting = new Map<string, AnswerCount>();
  #writing: Promise<void> | undefined;
  #retry: Cancel | undefined;

  constructor(store: AnswerStore, clock: Clock, log: Log, { retryMs }: { readonly retryMs: number }) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#retryMs = retryMs;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.settled();
    this.#retry?.();
  }

  count(botId: string, answer: UnstoredAnswer): void {
    const hour = new Date(Math.floor(this.#clock.now().getTime() / MS_PER_HOUR) * MS_PER_HOUR);
    this.#put({ botId, hour, answer, count: 1 });
    if (!this.#retry) this.#writing ??= this.#write();
  }

  /** Resolves once everything counted so far was written, or a write of it failed and will be tried again. */
  async settled(): Promise<void> {
    await (this.#writing ?? (this.#waiting.size > 0 ? (this.#writing = this.#write()) : undefined));
  }

  #put(added: AnswerCount): void {
    const key = `${added.botId} ${added.hour.getTime()} ${added.answer}`;
    this.#waiting.set(key, { ...added, count: added.count + (this.#waiting.get(key)?.count ?? 0) });
  }

  async #write(): Promise<void> {
    this.#retry?.();
    this.#retry = undefined;
    while (this.#waiting.size > 0 && !this.#retry) {
      const counts = [...this.#waiting.values()];
      this.#waiting = new Map();
      try {
        await this.#store.add(counts);
      } catch (error) {
        this.#log.warn({ err: error }, 'answers to signals could not be counted; this is tried again');
        counts.forEach((each) => this.#put(each));
        this.#retry = this.#clock.after(this.#retryMs, () => void (this.#writing ??= this.#write()));
      }
    }
    this.#writing = undefined;
  }
}
