import type { Clock } from '../kernel/clock.ts';
import { FixedWindow } from '../kernel/fixed-window.ts';
import type { Log } from '../kernel/log.ts';
import type { Sender } from './scopes.ts';

export interface TokenLimits {
  /** Wrong tokens that an address may send within a minute; each further one is answered with "too many". */
  readonly maxFailuresPerMinute: number;
  /** Addresses whose failures are counted each for itself. */
  readonly maxFailureAddresses: number;
  /** How often the time of a token's last use is stored, at most. */
  readonly usedEveryMs: number;
}

export interface TokenStore {
  /** Takes as long for a text that is no token as for one that is unknown or revoked. */
  findByToken(token: string): Promise<Sender | null>;
  /** Stores that a token was used at `at`, unless a use was stored within the `everyMs` before. */
  markUsed(tokenId: string, at: Date, everyMs: number): Promise<void>;
}

/** Null: no bot's token. */
export type Authentication = Sender | 'TOO_MANY_FAILURES' | null;

const MINUTE_MS = 60_000;

/**
 * Says whose token it is. Failures are counted by address, and only they: a right token passes whatever else comes from its address,
 * since many share one behind a proxy and a guess at 256 random bits needs no stopping.
 */
export class Authenticator {
  readonly #store: TokenStore;
  readonly #limits: TokenLimits;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #failures: FixedWindow;
  readonly #usedAtMs = new Map<string, number>();

  constructor(store: TokenStore, limits: TokenLimits, clock: Clock, log: Log) {
    this.#store = store;
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
    const { maxFailuresPerMinute: most, maxFailureAddresses: maxKeys } = limits;
    this.#failures = new FixedWindow({ most, windowMs: MINUTE_MS, maxKeys }, clock);
  }

  /** How long until failures are counted anew. */
  get retryAfterMs(): number {
    return this.#failures.restMs;
  }

  async authenticate(token: string, address: string): Promise<Authentication> {
    const sender = await this.#store.findByToken(token);
    if (sender) {
      this.#noteUse(sender.tokenId);
      return sender;
    }
    return this.#failures.take(address) ? null : 'TOO_MANY_FAILURES';
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
