import type { Clock } from '../kernel/clock.ts';

/** How much faster the host's monotonic clock may run than the exchange's: what is called late by that alone is forgiven. */
const DRIFT = 1e-4;

/**
 * The exchange's time, as its events tell it and whatever the host's wall clock says. An event is heard after it was made, so the newest
 * time that was ever told, moved on by the monotonic clock, is the best that is known; an event that is behind it by more than the others
 * is late. One event alone advances nothing: a single wrong time must not make all that follow late.
 */
export class ExchangeClock {
  readonly #clock: Clock;
  /** The exchange's time minus the monotonic clock as of `#atMs`; null before two events were heard. */
  #offsetMs: number | null = null;
  #atMs = 0;
  #lastOffsetMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of an event of this time, just heard; ms since 1970 UTC. */
  heard(eventTimeMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const offsetMs = eventTimeMs - nowMs;
    const agreedMs = Math.min(this.#lastOffsetMs ?? -Infinity, offsetMs);
    this.#lastOffsetMs = offsetMs;
    if (agreedMs <= this.#offsetAt(nowMs)) return;
    this.#offsetMs = agreedMs;
    this.#atMs = nowMs;
  }

  /** ms since 1970 UTC; as the host's clock says until the exchange has told it. */
  nowMs(): number {
    const nowMs = this.#clock.monotonicMs();
    return this.#offsetMs === null ? this.#clock.now().getTime() : nowMs + this.#offsetAt(nowMs);
  }

  /** How old something of this exchange time is. */
  ageMs(timeMs: number): number {
    return Math.max(0, this.nowMs() - timeMs);
  }

  /** How much later than it should an event of this time is heard now; 0 until the exchange has told its time. */
  lateMs(eventTimeMs: number): number {
    return this.#offsetMs === null ? 0 : this.ageMs(eventTimeMs);
  }

  #offsetAt(nowMs: number): number {
    return this.#offsetMs === null ? -Infinity : this.#offsetMs - (nowMs - this.#atMs) * DRIFT;
  }
}
