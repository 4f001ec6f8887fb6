import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Service } from '../kernel/service.ts';
import type { Message } from './message.ts';
import type { Outlet, Viewer } from './viewer.ts';

/** A connection of a subscriber, and what can be done about it. */
export interface Connection {
  readonly stream: WritableSide;
  /** `later`: it will be open in a moment. */
  state(): 'open' | 'later' | 'closed';
  /** Closes it, as its reader is too slow. */
  shed(reason: string): void;
}

interface WritableSide {
  readonly writableNeedDrain: boolean;
  write(chunk: Buffer): boolean;
  cork(): void;
  uncork(): void;
  on(event: 'drain', listener: () => void): unknown;
}

export interface SocketWriterLimits {
  readonly stalledMs: number;
  readonly behindMs: number;
  readonly writeSliceMs: number;
}

/** Writers served between two looks at the time. */
const WRITERS_PER_LOOK = 32;
/** How many looks at the slow ones in the time after which a stalled one is closed. */
const LOOKS_PER_STALL = 4;

/** Since when a connection has been behind, and when it took something last. */
interface Lag {
  readonly sinceMs: number;
  progressMs: number;
}

/**
 * Writes what waits for viewers, one write per connection with everything that has come for it since the last, and lets go after each
 * slice of time, so that ten thousand connections hold nothing up. A connection that takes nothing more is not written to; what waits
 * stays in its viewers' mailboxes, and who stays behind for too long is shed.
 */
export class SocketWriters implements Service {
  readonly name = 'subscribers’ writers';
  readonly #clock: Clock;
  readonly #limits: SocketWriterLimits;
  readonly #defer: (run: () => void) => void;
  readonly #behind = new Map<SocketWriter, Lag>();
  #queue: SocketWriter[] = [];
  #scheduled = false;
  #stopLooking: Cancel | undefined;

  /** `defer` runs something once what is under way, and what the network has brought, has been dealt with. */
  constructor(clock: Clock, defer: (run: () => void) => void, limits: SocketWriterLimits) {
    this.#clock = clock;
    this.#defer = defer;
    this.#limits = limits;
  }

  start(): Promise<void> {
    const { stalledMs, behindMs } = this.#limits;
    this.#stopLooking = this.#clock.every(Math.min(stalledMs, behindMs) / LOOKS_PER_STALL, () => this.#shedSlow());
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#stopLooking?.();
    return Promise.resolve();
  }

  writer(connection: Connection): SocketWriter {
    const writer: SocketWriter = new SocketWriter(connection, {
      queue: () => this.#add(writer),
      progress: () => {
        const lag = this.#behind.get(writer);
        if (lag) lag.progressMs = this.#clock.monotonicMs();
        this.#add(writer);
      },
    });
    return writer;
  }

  forget(writer: SocketWriter): void {
    this.#behind.delete(writer);
  }

  #add(writer: SocketWriter): void {
    this.#queue.push(writer);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#defer(this.#writeSlice);
  }

  readonly #writeSlice = (): void => {
    const endMs = this.#clock.monotonicMs() + this.#limits.writeSliceMs;
    const queue = this.#queue;
    this.#queue = [];
    let served = 0;
    while (served < queue.length) {
      this.#serve(queue[served]!);
      served += 1;
      if (served % WRITERS_PER_LOOK === 0 && this.#clock.monotonicMs() >= endMs) break;
    }
    this.#queue = [...queue.slice(served), ...this.#queue];
    this.#scheduled = this.#queue.length > 0;
    if (this.#scheduled) this.#defer(this.#writeSlice);
  };

  #serve(writer: SocketWriter): void {
    if (writer.write() === 'all') {
      this.#behind.delete(writer);
    } else if (!this.#behind.has(writer)) {
      const nowMs = this.#clock.monotonicMs();
      this.#behind.set(writer, { sinceMs: nowMs, progressMs: nowMs });
    }
  }

  #shedSlow(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [writer, { sinceMs, progressMs }] of this.#behind) {
      const stalledForMs = nowMs - progressMs;
      if (stalledForMs < this.#limits.stalledMs && nowMs - sinceMs < this.#limits.behindMs) continue;
      this.#behind.delete(writer);
      writer.shed();
    }
  }
}

/** The messages' way to one connection. */
export class SocketWriter {
  readonly #connection: Connection;
  readonly #tell: { readonly queue: () => void; readonly progress: () => void };
  /** Viewers for whom something waits, with how it is written to them. */
  readonly #waiting = new Map<Viewer, (message: Message) => Buffer>();
  #queued = false;

  constructor(connection: Connection, tell: { readonly queue: () => void; readonly progress: () => void }) {
    this.#connection = connection;
    this.#tell = tell;
    connection.stream.on('drain', () => {
      if (this.#queued) return;
      this.#queued = true;
      tell.progress();
    });
  }

  outlet(encode: (message: Message) => Buffer): Outlet {
    return {
      wake: (viewer) => {
        this.#waiting.set(viewer, encode);
        // Until it drains, nothing would be written.
        if (this.#queued || this.#connection.stream.writableNeedDrain) return;
        this.#queued = true;
        this.#tell.queue();
      },
    };
  }

  /** Writes as much as the connection takes. */
  write(): 'all' | 'some' {
    this.#queued = false;
    const { stream } = this.#connection;
    const state = this.#connection.state();
    if (state === 'closed') {
      this.#waiting.clear();
      return 'all';
    }
    if (state === 'later') {
      this.#queued = true;
      this.#tell.queue();
      return 'all';
    }
    stream.cork();
    for (const [viewer, encode] of this.#waiting) {
      let message;
      while (!stream.writableNeedDrain && (message = viewer.take())) stream.write(encode(message));
      if (stream.writableNeedDrain) break;
      this.#waiting.delete(viewer);
    }
    stream.uncork();
    return stream.writableNeedDrain ? 'some' : 'all';
  }

  shed(): void {
    this.#connection.shed('too slow: come back and go on after the last sequence you have');
  }
}
