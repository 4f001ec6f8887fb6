import type { Clock } from '../kernel/clock.ts';

/** What is told within this of each other is the same time: more than answers and events take to arrive. */
const TOLERANCE_MS = 1_000;
/** A slower answer says too little of when it was made. */
const ANSWER_MS = 500;
/** An event of this age says nothing of the time now. */
const EVENT_TRUSTED_MS = 10_000;
/** The monotonic clock drifts by a tenth of the tolerance in this time. */
const TIME_TRUSTED_MS = 600_000;

/**
 * A time that was told, moved on by the monotonic clock. Unknown again after ten minutes, and as soon as the host's two clocks part: then
 * either its wall clock was set, or the monotonic one stood still while the host slept, and which of them cannot be known.
 */
export class ToldTime {
  readonly #clock: Clock;
  #told: { readonly offsetMs: number; readonly atMs: number; readonly apartMs: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param timeMs ms since 1970 UTC; null: it is not known any more */
  told(timeMs: number | null): void {
    const atMs = this.#clock.monotonicMs();
    this.#told = timeMs === null ? null : { offsetMs: timeMs - atMs, atMs, apartMs: apart(this.#clock) };
  }

  /** ms since 1970 UTC, or null. */
  get nowMs(): number | null {
    const nowMs = this.#clock.monotonicMs();
    if (!this.#told || nowMs - this.#told.atMs > TIME_TRUSTED_MS || !isNear(apart(this.#clock), this.#told.apartMs)) return null;
    return nowMs + this.#told.offsetMs;
  }
}

/**
 * The exchange's time where it is beyond doubt: two answers running to what time it is there and the newest event of a stream agree, and
 * the host's clocks have not parted meanwhile. By it a host whose clock is wrong is told from an exchange that answers late or wrongly.
 */
export class AgreedTime {
  readonly #clock: Clock;
  readonly #time: ToldTime;
  /** The exchange's time minus the monotonic clock by the last answer, and how far apart the host's clocks were then. */
  #answer: { readonly offsetMs: number; readonly apartMs: number } | null = null;
  /** Of the newest event, and when it was heard. Plain numbers: this is told with each tick. */
  #eventOffsetMs = 0;
  #eventAtMs = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#time = new ToldTime(clock);
  }

  /** An event of this time was just heard; ms since 1970 UTC. */
  heard(eventTimeMs: number): void {
    this.#eventAtMs = this.#clock.monotonicMs();
    this.#eventOffsetMs = eventTimeMs - this.#eventAtMs;
  }

  /** The answer `timeMs` (ms since 1970 UTC) to what was asked at `askedMs` of the monotonic clock has just come. */
  answered(timeMs: number, askedMs: number): void {
    const tookMs = this.#clock.monotonicMs() - askedMs;
    if (tookMs > ANSWER_MS) return;
    const before = this.#answer;
    const answer = { offsetMs: timeMs - askedMs - tookMs / 2, apartMs: apart(this.#clock) }; // made half-way, give or take as much
    this.#answer = answer;
    const isSure = before !== null && isNear(answer.offsetMs, before.offsetMs) && isNear(answer.apartMs, before.apartMs);
    this.#time.told(isSure ? timeMs + tookMs / 2 : null);
  }

  /** ms since 1970 UTC; null where there is any doubt. */
  get nowMs(): number | null {
    const timeMs = this.#time.nowMs;
    const nowMs = this.#clock.monotonicMs();
    if (timeMs === null || nowMs - this.#eventAtMs > EVENT_TRUSTED_MS) return null;
    return isNear(timeMs - nowMs, this.#eventOffsetMs) ? timeMs : null;
  }
}

/** The host's wall clock minus its monotonic one: it changes when the first is set or the second stands still. */
function apart(clock: Clock): number {
  return clock.now().getTime() - clock.monotonicMs();
}

function isNear(oneMs: number, otherMs: number): boolean {
  return Math.abs(oneMs - otherMs) <= TOLERANCE_MS;
}
