/** The subscriber read too slowly and more waits for it than its mailbox holds. */
export class MailboxOverflow extends Error {
  readonly capacity: number;

  constructor(capacity: number) {
    super(`more than ${capacity} messages were waiting for this subscriber`);
    this.name = 'MailboxOverflow';
    this.capacity = capacity;
  }
}

/**
 * One subscriber's bounded list of messages that each matter. `push` never throws and never waits, so a subscriber that
 * stalls can hurt only itself: when its mailbox is full it is emptied and ends with MailboxOverflow.
 *
 * Written by hand and not as an async generator: a generator that waits inside `await` cannot be returned, so its
 * source would leak until the next message.
 */
export class Mailbox<T> implements AsyncIterableIterator<T> {
  readonly #capacity: number;
  readonly #onClose: () => void;
  #waiting: T[] = [];
  #reader: { resolve: (result: IteratorResult<T>) => void; reject: (error: Error) => void } | undefined;
  #failure: Error | undefined;
  #closed = false;

  /** `onClose` is called once, however the mailbox ends. */
  constructor(capacity: number, onClose: () => void) {
    this.#capacity = capacity;
    this.#onClose = onClose;
  }

  push(message: T): void {
    if (this.#closed) return;
    if (this.#reader) {
      this.#reader.resolve({ value: message, done: false });
      this.#reader = undefined;
    } else if (this.#waiting.length < this.#capacity) {
      this.#waiting.push(message);
    } else {
      this.#waiting = [];
      this.fail(new MailboxOverflow(this.#capacity));
    }
  }

  /** Ends the mailbox with an error, after the messages that wait. */
  fail(error: Error): void {
    if (this.#closed) return;
    if (this.#reader) this.#reader.reject(error);
    else this.#failure = error;
    this.#close();
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#waiting.length > 0) return Promise.resolve({ value: this.#waiting.shift() as T, done: false });
    if (this.#failure) {
      const failure = this.#failure;
      this.#failure = undefined;
      return Promise.reject(failure);
    }
    if (this.#closed) return Promise.resolve({ value: undefined, done: true });
    if (this.#reader) return Promise.reject(new Error('a mailbox has one reader, which waits for one message at a time'));
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.#waiting = [];
    this.#failure = undefined;
    this.#close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader?.resolve({ value: undefined, done: true });
    this.#reader = undefined;
    this.#onClose();
  }
}
