import type { Clock } from '../kernel/clock.ts';
import { AgreedTime } from './agreed-time.ts';

/** How much faster the host's monotonic clock may run than the exchange's: what is called late by that alone is forgiven. */
const DRIFT = 1e-4;

/** What told a time: an event of a stream, or an answer to the question what time it is. */
type Teller = 'STREAM' | 'REST';

/** So many answers make a minute; what was told two of these minutes ago counts no more. */
const ANSWERS_PER_MINUTE = 12;

/** The exchange's time minus the monotonic clock, and when that was so. */
interface Offset {
  readonly ms: number;
  readonly atMs: number;
}

/**
 * The exchange's time, as its events and its answers tell it and whatever the host's wall clock says. Both are heard after they were made,
 * so the newest time that was told lately, moved on by the monotonic clock, is the best that is known; an event that is behind it by more
 * than the others is late, also where all of a stream is late from its first event on. One telling alone advances nothing, and what two
 * told is forgotten when answers have told otherwise for two minutes: a wrong time must not make all that follow late. Without answers
 * nothing is forgotten: then a stream that has become late must not set the clock.
 */
export class ExchangeClock {
  readonly #clock: Clock;
  /** Of this minute and of the one before; null before one of the tellers has told the time twice. */
  #newest: Offset | null = null;
  #before: Offset | null = null;
  #answers = 0;
  readonly #last = new Map<Teller, { readonly timeMs: number; readonly offsetMs: number }>();
  readonly #agreed: AgreedTime;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#agreed = new AgreedTime(clock);
  }

  /** An event of this time was just heard; ms since 1970 UTC. */
  heard(eventTimeMs: number): void {
    this.#take(eventTimeMs, 'STREAM');
    this.#agreed.heard(eventTimeMs);
  }

  /** The answer `timeMs` (ms since 1970 UTC) to what was asked at `askedMs` of the monotonic clock has just come. */
  answered(timeMs: number, askedMs: number): void {
    this.#take(timeMs, 'REST');
    this.#agreed.answered(timeMs, askedMs);
  }

  /** ms since 1970 UTC where events and answers leave no doubt, else null. */
  get agreedMs(): number | null {
    return this.#agreed.nowMs;
  }

  #take(timeMs: number, teller: Teller): void {
    const nowMs = this.#clock.monotonicMs();
    const offsetMs = timeMs - nowMs;
    const last = this.#last.get(teller);
    if (last?.timeMs === timeMs) return; // the same message once more is no second one
    const agreedMs = Math.min(last?.offsetMs ?? -Infinity, offsetMs);
    this.#last.set(teller, { timeMs, offsetMs });
    if (teller === 'REST' && (this.#answers += 1) % ANSWERS_PER_MINUTE === 0) [this.#before, this.#newest] = [this.#newest, null];
    if (agreedMs > valueAt(this.#newest, nowMs)) this.#newest = { ms: agreedMs, atMs: nowMs };
  }

  /** ms since 1970 UTC; null until the exchange has told it. */
  get toldMs(): number | null {
    const nowMs = this.#clock.monotonicMs();
    const offsetMs = Math.max(valueAt(this.#newest, nowMs), valueAt(this.#before, nowMs));
    return offsetMs === -Infinity ? null : nowMs + offsetMs;
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
    const { toldMs } = this;
    return toldMs === null ? 0 : Math.max(0, toldMs - eventTimeMs);
  }
}

function valueAt(offset: Offset | null, nowMs: number): number {
  return offset === null ? -Infinity : offset.ms - (nowMs - offset.atMs) * DRIFT;
}
