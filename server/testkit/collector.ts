import { DEADLINE_MS } from './waiting.ts';

/** What a subscription has told so far, in order, and waiting for more of it. */
export class Collector<T> {
  readonly items: T[] = [];
  /** GraphQL errors that came in a result or ended the stream, e.g. SUBSCRIBER_TOO_SLOW. */
  readonly errors: { message: string; extensions?: { code?: string } }[] = [];
  /** Why it ended: "complete", or what cut it; undefined while it goes on. */
  ended: string | undefined;
  readonly stop: () => void;
  readonly #looks = new Set<() => void>();

  constructor(stop: () => void) {
    this.stop = stop;
  }

  push(item: T): void {
    this.items.push(item);
    this.#look();
  }

  fail(errors: Collector<T>['errors']): void {
    this.errors.push(...errors);
    this.#look();
  }

  end(reason: string): void {
    this.ended ??= reason;
    this.#look();
  }

  /** The first item, told already or yet to come, that fits. Rejects at the deadline and when the stream ends without one. */
  async next(fits: (item: T) => boolean, what = 'a fitting item', timeoutMs = DEADLINE_MS): Promise<T> {
    await this.when(() => this.items.some(fits), what, timeoutMs);
    return this.items.find(fits) as T;
  }

  /** Resolves as soon as `holds` does; looked at after each item, error and at the end. */
  when(holds: () => boolean, what: string, timeoutMs = DEADLINE_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (run: () => void): void => {
        clearTimeout(timer);
        this.#looks.delete(look);
        run();
      };
      const look = (): void => {
        if (holds()) settle(resolve);
        else if (this.ended !== undefined)
          settle(() => reject(new Error(`ended (${this.ended}) before ${what}; ${JSON.stringify(this.errors)}`)));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`waited ${timeoutMs} ms for ${what}; got ${this.items.length} items`))),
        timeoutMs,
      );
      this.#looks.add(look);
      look();
    });
  }

  #look(): void {
    for (const look of [...this.#looks]) look();
  }
}
