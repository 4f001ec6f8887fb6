import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Service } from '../kernel/service.ts';
import type { Frame } from './message.ts';

/** A connection of a subscriber, and what can be done about it. */
export interface Connection {
  readonly stream: WritableSide;
  /** `later`: it will be open in a moment. */
  state(): 'open' | 'later' | 'closed';
  /** Closes it, as its reader is too slow; where its protocol has a way to say so, it has a moment to hear it. */
  shed(reason: string): void;
  /** Ends it at once, so that what it holds is free. */
  cut(): void;
}

interface WritableSide {
  readonly writableNeedDrain: boolean;
  write(chunk: Buffer): boolean;
  cork(): void;
  uncork(): void;
  on(event: 'drain', listener: () => void): unknown;
}

/** One of the subscriptions of a connection, as it is written. */
export interface Written {
  /** Overtakes what is not urgent, on other connections too. */
  readonly isUrgent: boolean;
  /** What waits longest, as it goes over the wire; undefined when nothing does. */
  nextFrame(): Frame | undefined;
}

export interface SocketWriterLimits {
  readonly stalledMs: number;
  readonly behindMs: number;
  /** Bytes of messages that wait half written; one that many wait for counts once. */
  readonly maxHeldBytes: number;
  readonly writeSliceMs: number;
  /** The same while there are events to write. */
  readonly eventSliceMs: number;
}

/** How many looks at the slow ones in the time after which a stalled one is closed. */
const LOOKS_PER_STALL = 20;
/** Who took something this short a time ago is not among those who take nothing: everyone is behind for a moment after a burst. */
const JUST_NOW_MS = 1_000;

/** Since when a connection has been behind, and when it took something last. */
interface Lag {
  readonly sinceMs: number;
  progressMs: number;
}

/**
 * Writes what waits for viewers, one write per connection with everything that has come for it since the last, and lets go after each
 * slice of time, so that ten thousand connections hold nothing up. Events are on their way before prices, and in longer slices, as they
 * should reach the last viewer soon. A connection that takes
 * nothing more is not written to; what waits stays in its viewers' mailboxes, and who stays behind for too long, or takes too much memory, is let go.
 */
export class SocketWriters implements Service {
  readonly name = 'subscribers’ writers';
  readonly #clock: Clock;
  readonly #limits: SocketWriterLimits;
  readonly #defer: (run: () => void) => void;
  readonly #behind = new Map<SocketWriter, Lag>();
  #urgent: SocketWriter[] = [];
  #others: SocketWriter[] = [];
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
    this.#stopLooking = this.#clock.every(Math.min(stalledMs, behindMs) / LOOKS_PER_STALL, () => this.#endSlow());
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#stopLooking?.();
    return Promise.resolve();
  }

  writer(connection: Connection): SocketWriter {
    return new SocketWriter(connection, this);
  }

  forget(writer: SocketWriter): void {
    this.#behind.delete(writer);
  }

  /** To be written to soon. */
  queue(writer: SocketWriter, isUrgent: boolean): void {
    (isUrgent ? this.#urgent : this.#others).push(writer);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#defer(this.#writeSlice);
  }

  /** It takes something again. */
  drained(writer: SocketWriter): void {
    const lag = this.#behind.get(writer);
    if (lag) lag.progressMs = this.#clock.monotonicMs();
  }

  readonly #writeSlice = (): void => {
    const beganMs = this.#clock.monotonicMs();
    const [urgent, others] = [this.#urgent, this.#others];
    [this.#urgent, this.#others] = [[], []];
    const total = urgent.length + others.length;
    let served = 0;
    while (served < total) {
      if (served < urgent.length) this.#serve(urgent[served]!, true);
      else this.#serve(others[served - urgent.length]!, false);
      served += 1;
      const sliceMs = served < urgent.length ? this.#limits.eventSliceMs : this.#limits.writeSliceMs;
      // Looked at each time: a long message takes as long as a hundred short ones.
      if (this.#clock.monotonicMs() - beganMs >= sliceMs) break;
    }
    this.#urgent = urgent.slice(served).concat(this.#urgent);
    this.#others = others.slice(Math.max(0, served - urgent.length)).concat(this.#others);
    this.#scheduled = this.#urgent.length + this.#others.length > 0;
    if (this.#scheduled) this.#defer(this.#writeSlice);
  };

  #serve(writer: SocketWriter, isUrgent: boolean): void {
    if (writer.write(isUrgent) === 'all') {
      this.#behind.delete(writer);
    } else if (!this.#behind.has(writer)) {
      const nowMs = this.#clock.monotonicMs();
      this.#behind.set(writer, { sinceMs: nowMs, progressMs: nowMs });
    }
  }

  #endSlow(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [writer, { sinceMs, progressMs }] of this.#behind) {
      const stalledForMs = nowMs - progressMs;
      if (stalledForMs < this.#limits.stalledMs && nowMs - sinceMs < this.#limits.behindMs) continue;
      this.#behind.delete(writer);
      writer.shed();
    }
    this.#cutBeyondBudget(nowMs);
  }

  /**
   * A half-written message stays in memory until its reader has taken it or its connection ends. Where they are more than
   * `maxHeldBytes`, who took nothing for longest goes first, and at once: it would have to read the rest of that message to hear why.
   * (Those that are shed, and have their moment, do not count.)
   */
  #cutBeyondBudget(nowMs: number): void {
    const waitFor = new Map<Buffer, number>();
    for (const { held } of this.#behind.keys()) if (held) waitFor.set(held, (waitFor.get(held) ?? 0) + 1);
    let bytes = [...waitFor.keys()].reduce((sum, held) => sum + held.length, 0);
    const longestFirst = [...this.#behind].toSorted(([, one], [, other]) => one.progressMs - other.progressMs);
    for (const [writer, { progressMs }] of longestFirst) {
      if (bytes <= this.#limits.maxHeldBytes || nowMs - progressMs < JUST_NOW_MS) return;
      const { held } = writer;
      if (!held) continue;
      const others = waitFor.get(held)! - 1;
      waitFor.set(held, others);
      if (others === 0) bytes -= held.length;
      this.#behind.delete(writer);
      writer.cut();
    }
  }
}

/** The messages' way to one connection. */
export class SocketWriter {
  readonly #connection: Connection;
  readonly #writers: SocketWriters;
  /** For which something waits. */
  #waiting: Written[] = [];
  /** Whether it has a place in either queue. */
  #isQueued = false;
  #isQueuedUrgently = false;
  /** The message that is half written: what others may wait for too. */
  held: Buffer | undefined;

  constructor(connection: Connection, writers: SocketWriters) {
    this.#connection = connection;
    this.#writers = writers;
    connection.stream.on('drain', () => {
      writers.drained(this);
      this.#queue(this.#waiting.some(({ isUrgent }) => isUrgent));
    });
  }

  /** Something waits for it. */
  wake(subscription: Written): void {
    if (this.#waiting.length === 0) this.#waiting = [subscription];
    else if (!this.#waiting.includes(subscription)) this.#waiting.push(subscription);
    // Until it drains, nothing would be written.
    if (!this.#connection.stream.writableNeedDrain) this.#queue(subscription.isUrgent);
  }

  /** Writes as much as the connection takes, now that it is its turn in one of the queues. */
  write(isUrgent: boolean): 'all' | 'some' {
    if (isUrgent) this.#isQueuedUrgently = false;
    else this.#isQueued = false;
    const { stream } = this.#connection;
    const state = this.#connection.state();
    if (state === 'closed') {
      this.#waiting = [];
      this.held = undefined;
      return 'all';
    }
    if (state === 'later') {
      this.#queue(false);
      return 'all';
    }
    stream.cork();
    for (let first = this.#waiting[0]; first && !stream.writableNeedDrain; first = this.#waiting[0]) {
      const frame = first.nextFrame();
      if (frame) {
        this.held = longestOf(frame);
        for (const piece of frame) stream.write(piece);
      } else this.#waiting.shift();
    }
    stream.uncork();
    if (stream.writableNeedDrain) return 'some';
    this.held = undefined;
    return 'all';
  }

  shed(): void {
    this.held = undefined;
    this.#connection.shed('too slow: come back and go on after the last sequence you have');
  }

  cut(): void {
    this.held = undefined;
    this.#connection.cut();
  }

  /** One that waits its turn moves up when something urgent comes; when its old turn comes, nothing may wait any more. */
  #queue(isUrgent: boolean): void {
    if (this.#isQueuedUrgently || (this.#isQueued && !isUrgent)) return;
    if (isUrgent) this.#isQueuedUrgently = true;
    else this.#isQueued = true;
    this.#writers.queue(this, isUrgent);
  }
}

function longestOf(frame: Frame): Buffer | undefined {
  return frame.length === 1 ? frame[0] : frame.reduce((longest, piece) => (piece.length > longest.length ? piece : longest));
}
