import { MailboxOverflow } from './mailbox.ts';
import type { Message } from './message.ts';

/**
 * What a stream promises to who cannot read as fast as it tells:
 * `events`: each one, or an end that says so; `state`: the newest; `moves`: as every message holds only what moved, one that stands
 * for all that were missed.
 */
export type StreamKind = 'events' | 'state' | 'moves';
export const STREAM_KINDS: readonly StreamKind[] = ['events', 'state', 'moves'];

/** A way out that is told when something waits, and takes it when it can; without one a viewer is read by `next`. */
export interface Outlet {
  wake(viewer: Viewer): void;
}

export interface ViewerOptions {
  readonly kind: StreamKind;
  /** Events that may wait for it. */
  readonly capacity: number;
  readonly outlet: Outlet | undefined;
  /** Called once, however it ends. */
  readonly onClose: () => void;
  /** Asks for one message that stands for everything missed; it comes by `catchUp`. */
  readonly askForMissed: () => void;
}

/**
 * One viewer of a shared stream: what waits for it, bounded, and its end. Telling it something never throws and never waits, so that
 * a viewer that stalls can hurt only itself.
 */
export class Viewer implements AsyncIterableIterator<Message> {
  readonly #options: ViewerOptions;
  #waiting: Message[] = [];
  #missed = false;
  #from: bigint | undefined;
  #closed = false;
  #failure: Error | undefined;
  #reader: { resolve: (result: IteratorResult<Message>) => void; reject: (error: Error) => void } | undefined;
  #roomWanted: (() => void) | undefined;

  constructor(options: ViewerOptions) {
    this.#options = options;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Events up to and including `sequence` are no news to it. */
  beginAfter(sequence: bigint): void {
    this.#from = sequence;
  }

  /** A live message of the stream. */
  tell(message: Message): void {
    if (this.#from !== undefined && message.sequence !== undefined && message.sequence <= this.#from) return;
    this.push(message);
  }

  push(message: Message): void {
    if (this.#closed) return;
    const { kind, capacity } = this.#options;
    if (kind === 'state') {
      this.#waiting = [message];
    } else if (kind === 'moves') {
      if (this.#missed || this.#waiting.length > 0) {
        this.#waiting = [];
        this.#missed = true;
      } else this.#waiting.push(message);
    } else if (this.#waiting.length < capacity) {
      this.#waiting.push(message);
    } else {
      this.#waiting = [];
      return this.end(new MailboxOverflow(capacity));
    }
    this.#wake();
  }

  /** It has missed messages, or was not there yet: the next time it can take one, it gets one that stands for all. */
  miss(): void {
    if (this.#closed) return;
    this.#missed = true;
    this.#wake();
  }

  /** The message that stands for everything it missed. */
  catchUp(message: Message): void {
    if (this.#closed) return;
    this.#missed = false;
    this.#waiting = [message];
    this.#wake();
  }

  /** What waits longest, if anything. */
  take(): Message | undefined {
    const message = this.#waiting.shift();
    if (message === undefined && this.#missed) {
      this.#missed = false;
      this.#options.askForMissed();
      return this.#waiting.shift();
    }
    if (this.#roomWanted && this.#hasRoom()) this.#roomWanted();
    if (this.#closed && this.#waiting.length === 0) this.#settle();
    return message;
  }

  /** Resolves as soon as half of its places are free, or it is closed. */
  room(): Promise<void> {
    if (this.#hasRoom()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#roomWanted = () => {
        this.#roomWanted = undefined;
        resolve();
      };
    });
  }

  /** No more will come, and `error` is why; what waits is still delivered. */
  end(error?: Error): void {
    if (this.#closed) return;
    this.#failure = error;
    this.#close();
    if (this.#waiting.length === 0) this.#settle();
  }

  /** With an outlet: resolves when the stream has ended. Without: the next message. */
  next(): Promise<IteratorResult<Message>> {
    if (!this.#options.outlet) {
      const message = this.take();
      if (message) return Promise.resolve({ value: message, done: false });
    }
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      if (this.#closed && this.#waiting.length === 0) this.#settle();
    });
  }

  return(): Promise<IteratorResult<Message>> {
    this.#waiting = [];
    this.#failure = undefined;
    this.#close();
    this.#settle();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #hasRoom(): boolean {
    return this.#closed || this.#waiting.length < this.#options.capacity / 2;
  }

  #wake(): void {
    if (this.#options.outlet) return this.#options.outlet.wake(this);
    const reader = this.#reader;
    if (!reader) return;
    const message = this.take();
    if (!message) return;
    this.#reader = undefined;
    reader.resolve({ value: message, done: false });
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#missed = false;
    this.#roomWanted?.();
    this.#options.onClose();
  }

  /** Tells the reader of the end. */
  #settle(): void {
    const reader = this.#reader;
    if (!reader) return;
    this.#reader = undefined;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) reader.reject(failure);
    else reader.resolve({ value: undefined, done: true });
  }
}
