import type { Clock } from '../kernel/clock.ts';

/** How much faster the host's monotonic clock may run than the exchange's: what is called late by that alone is forgiven. */
const DRIFT = 1e-4;

/** What told a time: an event of a stream, or an answer to the question what time it is. */
type Teller = 'STREAM' | 'REST';

/**
 * The exchange's time, as its events and its answers tell it and whatever the host's wall clock says. Both are heard after they were made,
 * so the newest time that was ever told, moved on by the monotonic clock, is the best that is known; an event that is behind it by more
 * than the others is late, also where all of a stream is late from its first event on. One telling alone advances nothing: a single wrong
 * time must not make all that follow late.
 */
export class ExchangeClock {
  readonly #clock: Clock;
  /** The exchange's time minus the monotonic clock as of `#atMs`; null before one of its tellers has told it twice. */
  #offsetMs: number | null = null;
  #atMs = 0;
  readonly #lastOffsetsMs = new Map<Teller, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of this time, just told; ms since 1970 UTC. */
  heard(timeMs: number, teller: Teller = 'STREAM'): void {
    const nowMs = this.#clock.monotonicMs();
    const offsetMs = timeMs - nowMs;
    const agreedMs = Math.min(this.#lastOffsetsMs.get(teller) ?? -Infinity, offsetMs);
    this.#lastOffsetsMs.set(teller, offsetMs);
    if (agreedMs <= this.#offsetAt(nowMs)) return;
    this.#offsetMs = agreedMs;
    this.#atMs = nowMs;
  }

  /** ms since 1970 UTC; null until the exchange has told it. */
  get toldMs(): number | null {
    const nowMs = this.#clock.monotonicMs();
    return this.#offsetMs === null ? null : nowMs + this.#offsetAt(nowMs);
  }

  /** ms since 1970 UTC; as the host's clock says until the exchange has told it. */
  nowMs(): number {
    return this.toldMs ?? this.#clock.now().getTime();
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
