import type { Clock } from '../kernel/clock.ts';
import { FixedWindow } from '../kernel/fixed-window.ts';
import { Lines } from '../kernel/lines.ts';
import type { Log } from '../kernel/log.ts';
import type { Sender } from './scopes.ts';

export interface TokenLimits {
  /** Wrong tokens that an address may send within a minute; each further one is answered with "too many". */
  readonly maxFailuresPerMinute: number;
  /** Addresses whose failures are counted each for itself. */
  readonly maxFailureAddresses: number;
  /** Tokens of one address that are looked up at once; the others wait. */
  readonly maxLookupsPerAddress: number;
  /** How often the time of a token's last use is stored, at most. */
  readonly usedEveryMs: number;
}

export interface TokenStore {
  /** Takes as long for a text that is no token as for one that is unknown or revoked. */
  findByToken(token: string): Promise<Sender | null>;
  /** Stores that a token was used at `at`, unless a use was stored within the `everyMs` before. */
  markUsed(tokenId: string, at: Date, everyMs: number): Promise<void>;
}

/** What each address may still spend. */
export interface FailureBudget {
  /** Seconds until a wrong token could be paid for; 0: now. */
  secondsUntilRefusal(address: string): number;
  chargeRefused(address: string): void;
}

/** That too much came from an address, and when to come again. */
export interface TooMany {
  readonly code: 'RATE_LIMITED' | 'TOO_MANY_WRONG_TOKENS';
  readonly retryAfterSeconds: number;
}

/** Null: no bot's token. */
export type Authentication = Sender | TooMany | null;

export function isSender(answer: Authentication): answer is Sender {
  return answer !== null && 'tokenId' in answer;
}

const MINUTE_MS = 60_000;

/**
 * Says whose token it is. Failures are counted by address, and only they: a right token passes whatever else comes from its address,
 * since many share one behind a proxy and a guess at 256 random bits needs no stopping. What needs stopping is the work that guesses
 * make: each wrong token costs its address points, and without points nobody is looked for. So that guesses which come all at once are
 * not all looked up before the first is paid for, each address has only a few looked up at a time.
 */
export class Authenticator {
  readonly #store: TokenStore;
  readonly #limits: TokenLimits;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #budget: FailureBudget;
  readonly #failures: FixedWindow;
  readonly #lines: Lines;
  readonly #usedAtMs = new Map<string, number>();

  constructor(store: TokenStore, budget: FailureBudget, limits: TokenLimits, clock: Clock, log: Log) {
    this.#store = store;
    this.#budget = budget;
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
    const { maxFailuresPerMinute: most, maxFailureAddresses: maxKeys } = limits;
    this.#failures = new FixedWindow({ most, windowMs: MINUTE_MS, maxKeys }, clock);
    this.#lines = new Lines(limits.maxLookupsPerAddress);
  }

  authenticate(token: string, address: string): Promise<Authentication> {
    return this.#lines.wait(address, async () => {
      const seconds = this.#budget.secondsUntilRefusal(address);
      if (seconds > 0) return { code: 'RATE_LIMITED', retryAfterSeconds: seconds };
      const sender = await this.#store.findByToken(token);
      if (sender) {
        this.#noteUse(sender.tokenId);
        return sender;
      }
      this.#budget.chargeRefused(address);
      if (this.#failures.take(address)) return null;
      return { code: 'TOO_MANY_WRONG_TOKENS', retryAfterSeconds: Math.ceil(this.#failures.restMs / 1_000) };
    });
  }

  /** Nobody waits for this: a signal must not be slower for it, and must not fail with it. */
  #noteUse(tokenId: string): void {
    const nowMs = this.#clock.monotonicMs();
    const { usedEveryMs } = this.#limits;
    if (nowMs - (this.#usedAtMs.get(tokenId) ?? Number.NEGATIVE_INFINITY) < usedEveryMs) return;
    this.#usedAtMs.set(tokenId, nowMs); // as many as there are tokens
    this.#store.markUsed(tokenId, this.#clock.now(), usedEveryMs).catch((error: unknown) => {
      this.#usedAtMs.delete(tokenId);
      this.#log.warn({ err: error, tokenId }, 'the last use of a token could not be stored');
    });
  }
}
