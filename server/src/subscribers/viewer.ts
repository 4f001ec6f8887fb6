import { MailboxOverflow } from './mailbox.ts';
import type { Message } from './message.ts';

/**
 * What a stream promises to who cannot read as fast as it tells:
 * `events`: each one, or an end that says so; `state`: the newest; `moves`: as every message holds only what moved, one that stands
 * for all that were missed.
 */
export type StreamKind = 'events' | 'state' | 'moves';
export const STREAM_KINDS: readonly StreamKind[] = ['events', 'state', 'moves'];

/** Where the messages of one subscription go. It is told when something waits, and takes it when it can. */
export interface Outlet {
  /**
   * The viewer it is to speak for, before anything is told. Gives what stands for the subscription in the engine that begins it;
   * undefined where the engine has no more to do with it.
   */
  open(viewer: Viewer): AsyncIterableIterator<Message> | undefined;
  wake(viewer: Viewer): void;
  /** Nothing will come any more, and what waited has been taken; `failure` is why, where it is not simply over. */
  ended(failure: Error | undefined): void;
}

/** The stream that a viewer looks at, and what all its viewers have in common. */
export interface Viewed {
  readonly kind: StreamKind;
  /** Events that may wait for one viewer. */
  readonly capacity: number;
  /** Called once, however a viewer ends. */
  remove(viewer: Viewer): void;
  /** Asks for one message that stands for everything missed; it comes by `catchUp`. */
  askForMissed(viewer: Viewer): void;
}

/**
 * One viewer of a shared stream: what waits for it, bounded, and its end. Telling it something never throws and never waits, so that
 * a viewer that stalls can hurt only itself.
 */
export class Viewer {
  readonly #stream: Viewed;
  readonly #outlet: Outlet;
  #waiting: Message[] = [];
  #missed = false;
  #from: bigint | undefined;
  #closed = false;
  #settled = false;
  #failure: Error | undefined;
  #roomWanted: (() => void) | undefined;

  constructor(stream: Viewed, outlet: Outlet) {
    this.#stream = stream;
    this.#outlet = outlet;
  }

  get kind(): StreamKind {
    return this.#stream.kind;
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
    const { kind, capacity } = this.#stream;
    if (this.#waiting.length === 0 && !this.#missed) {
      this.#waiting = [message]; // takes less memory than an array that was grown
    } else if (kind === 'state') {
      this.#waiting = [message];
    } else if (kind === 'moves') {
      this.#waiting = [];
      this.#missed = true;
    } else if (this.#waiting.length < capacity) {
      this.#waiting.push(message);
    } else {
      this.#waiting = [];
      return this.end(new MailboxOverflow(capacity));
    }
    this.#outlet.wake(this);
  }

  /** It has missed messages, or was not there yet: the next time it can take one, it gets one that stands for all. */
  miss(): void {
    if (this.#closed) return;
    this.#missed = true;
    this.#outlet.wake(this);
  }

  /** The message that stands for everything it missed. */
  catchUp(message: Message): void {
    if (this.#closed) return;
    this.#missed = false;
    this.#waiting = [message];
    this.#outlet.wake(this);
  }

  /** What waits longest, if anything. Who finds nothing after the end has the outlet told of that. */
  take(): Message | undefined {
    const message = this.#waiting.shift();
    if (message !== undefined) {
      if (this.#roomWanted && this.#hasRoom()) this.#roomWanted();
      return message;
    }
    if (this.#missed) {
      this.#missed = false;
      this.#stream.askForMissed(this);
    } else if (this.#closed) this.#settle();
    return undefined;
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

  /** It wants to hear no more, not even of its end. */
  leave(): void {
    this.#settled = true;
    this.#waiting = [];
    this.#close();
  }

  #hasRoom(): boolean {
    return this.#closed || this.#waiting.length < this.#stream.capacity / 2;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#missed = false;
    this.#roomWanted?.();
    this.#stream.remove(this);
  }

  /** Tells the outlet of the end, once. */
  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#outlet.ended(this.#failure);
  }
}
