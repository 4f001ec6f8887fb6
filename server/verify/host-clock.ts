import type { Cancel, Clock } from '../src/kernel/clock.ts';

/** A host's clock that can be set wrong while the exchange's is right. */
export class HostClock implements Clock {
  readonly #world: Clock;
  offMs = 0;

  constructor(world: Clock) {
    this.#world = world;
  }
  now(): Date {
    return new Date(this.#world.now().getTime() + this.offMs);
  }
  monotonicMs(): number {
    return this.#world.monotonicMs();
  }
  after(delayMs: number, run: () => void): Cancel {
    return this.#world.after(delayMs, run);
  }
  every(intervalMs: number, run: () => void): Cancel {
    return this.#world.every(intervalMs, run);
  }
}
