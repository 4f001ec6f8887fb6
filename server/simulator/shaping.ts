import type { Cancel, Clock } from '../src/kernel/clock.ts';
import type { Broadcast, Connection } from './connection.ts';
import { seededRandom } from './price-model.ts';

/** What happens to the events of aggregate trades on their way to the subscribers. */
export interface StreamShape {
  /** Every event arrives this much later. */
  readonly delayMs: number;
  /** Share of events that are sent twice, 0 to 1. */
  readonly duplicates: number;
  /** So many events of one stream at a time are put in random order; 1 keeps them in order. */
  readonly shuffleWindow: number;
  /** An incomplete window is sent after this long. */
  readonly shuffleMs: number;
}

export const PLAIN_SHAPE: StreamShape = { delayMs: 0, duplicates: 0, shuffleWindow: 1, shuffleMs: 100 };

type Subscribers = ReadonlySet<Connection>;

/** Sends events on, plainly or as a bad network would. Only aggregate trades are touched: sentinels beat as ever. */
export class Shaping {
  readonly #clock: Clock;
  readonly #windows = new Map<string, { events: Broadcast[]; stopTimer: Cancel }>();
  readonly #last = new Map<string, Broadcast>();
  readonly #frozen = new Set<string>();
  #shape = PLAIN_SHAPE;
  #random = seededRandom(1);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is left out of `shape` is plain. What is held at the moment is still sent. */
  set(shape: Partial<StreamShape>, seed = 1): void {
    this.#shape = { ...PLAIN_SHAPE, ...shape };
    this.#random = seededRandom(seed);
  }

  /** While frozen, a stream repeats its last event instead of each new one. */
  freeze(stream: string, on: boolean): void {
    if (on) this.#frozen.add(stream);
    else this.#frozen.delete(stream);
  }

  send(event: Broadcast, subscribers: Subscribers): void {
    if (!event.stream.endsWith('@aggTrade')) return deliver(event, subscribers);
    const told = this.#frozen.has(event.stream) ? (this.#last.get(event.stream) ?? event) : event;
    if (told === event) this.#last.set(event.stream, event);
    if (this.#shape.shuffleWindow > 1) this.#shuffle(told, subscribers);
    else this.#pass(told, subscribers);
  }

  #shuffle(event: Broadcast, subscribers: Subscribers): void {
    let window = this.#windows.get(event.stream);
    if (!window) {
      const flush = () => this.#flush(event.stream, subscribers);
      window = { events: [], stopTimer: this.#clock.after(this.#shape.shuffleMs, flush) };
      this.#windows.set(event.stream, window);
    }
    window.events.push(event);
    if (window.events.length >= this.#shape.shuffleWindow) this.#flush(event.stream, subscribers);
  }

  #flush(stream: string, subscribers: Subscribers): void {
    const window = this.#windows.get(stream);
    if (!window) return;
    this.#windows.delete(stream);
    window.stopTimer();
    const { events } = window;
    while (events.length > 0) this.#pass(events.splice(Math.floor(this.#random() * events.length), 1)[0]!, subscribers);
  }

  #pass(event: Broadcast, subscribers: Subscribers): void {
    const times = this.#random() < this.#shape.duplicates ? 2 : 1;
    const receivers = this.#shape.delayMs > 0 ? new Set(subscribers) : subscribers;
    for (let time = 0; time < times; time += 1) {
      if (this.#shape.delayMs > 0) this.#clock.after(this.#shape.delayMs, () => deliver(event, receivers));
      else deliver(event, receivers);
    }
  }
}

function deliver(event: Broadcast, subscribers: Subscribers): void {
  for (const connection of subscribers) connection.deliver(event);
}
