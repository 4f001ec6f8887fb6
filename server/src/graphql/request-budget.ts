import type { GraphQLError } from 'graphql';
import type { Clock } from '../kernel/clock.ts';
import { LeakyBuckets } from '../kernel/leaky-bucket.ts';
import type { BucketState } from '../kernel/leaky-bucket.ts';
import { apiError } from './api-errors.ts';

export interface BudgetLimits {
  /** Points that one address may spend at once, and what is given back per second. */
  readonly costCapacity: number;
  readonly costPerSecond: number;
  /** The most one request may cost. */
  readonly maxCost: number;
  /** What a request costs that was refused for what it says. */
  readonly refusedCost: number;
  /** From this cost on a request is heavy. */
  readonly heavyCost: number;
  readonly maxHeavyRequests: number;
  readonly maxAddresses: number;
}

/** Every request costs this much besides what it asks for. */
const REQUEST_COST = 5;

/** What each visitor has left, and how much of it is under way. */
export class RequestBudget {
  readonly #limits: BudgetLimits;
  readonly #buckets: LeakyBuckets;
  /** Heavy requests under way; no more visitors than requests. */
  readonly #heavy = new Map<string, number>();

  constructor(limits: BudgetLimits, clock: Pick<Clock, 'monotonicMs'>) {
    this.#limits = limits;
    this.#buckets = new LeakyBuckets({ capacity: limits.costCapacity, leakPerSecond: limits.costPerSecond }, limits.maxAddresses, clock);
  }

  get maxCost(): number {
    return this.#limits.maxCost;
  }

  /**
   * Takes the price of any request, and `more` for what is known to be asked for; an error where that is not left, or not what it costs
   * to look at a request and refuse it, so that nothing more needs to be done about it.
   */
  knock(visitor: string, more = 0): GraphQLError | undefined {
    const { costCapacity, refusedCost } = this.#limits;
    const points = Math.min(REQUEST_COST + more, costCapacity);
    const needed = Math.max(points, refusedCost);
    if (this.state(visitor).remaining < needed) return this.#rateLimited(visitor, needed);
    this.charge(visitor, points);
    return undefined;
  }

  /**
   * Takes the points of an operation; `done` is to be called when its execution has ended. What is refused was looked at for nothing,
   * which costs as well.
   */
  begin(visitor: string, points: number): { readonly done: () => void } | { readonly refused: GraphQLError } {
    const { maxCost, heavyCost, maxHeavyRequests } = this.#limits;
    const isHeavy = points >= heavyCost;
    const underWay = this.#heavy.get(visitor) ?? 0;
    const hasRoom = points <= maxCost && (!isHeavy || underWay < maxHeavyRequests);
    if (!hasRoom || !this.#buckets.of(visitor).take(points)) {
      this.chargeRefused(visitor);
      return { refused: this.#refusal(visitor, points, hasRoom) };
    }
    if (!isHeavy) return { done: () => {} };
    this.#heavy.set(visitor, underWay + 1);
    return { done: () => this.#release(visitor) };
  }

  /** What looking at a request costs that then is refused. */
  chargeRefused(visitor: string): void {
    this.#buckets.of(visitor).charge(this.#limits.refusedCost);
  }

  /** Seconds until a request could be refused at its price; 0: now. */
  secondsUntilRefusal(visitor: string): number {
    const { refusedCost } = this.#limits;
    return this.state(visitor).remaining >= refusedCost ? 0 : this.#buckets.of(visitor).secondsUntil(refusedCost);
  }

  /** Takes points for what was done already; what is not there is owed. */
  charge(visitor: string, points: number): void {
    this.#buckets.of(visitor).charge(points);
  }

  state(visitor: string): BucketState {
    return this.#buckets.of(visitor).state();
  }

  /** The two fields of draft-ietf-httpapi-ratelimit-headers-10. */
  headers(visitor: string): Readonly<Record<string, string>> {
    const { limit, remaining, resetSeconds } = this.state(visitor);
    const window = Math.ceil(limit / this.#limits.costPerSecond);
    return { 'ratelimit-policy': `"cost";q=${limit};w=${window}`, ratelimit: `"cost";r=${remaining};t=${resetSeconds}` };
  }

  #refusal(visitor: string, points: number, hasRoom: boolean): GraphQLError {
    const { maxCost, heavyCost, maxHeavyRequests } = this.#limits;
    if (points > maxCost) {
      const message = `This request costs ${points} points: at most ${maxCost} are allowed. Ask for smaller pages or fewer fields.`;
      return apiError('QUERY_TOO_COSTLY', message);
    }
    if (hasRoom) return this.#rateLimited(visitor, points);
    const message = `At most ${maxHeavyRequests} requests of ${heavyCost} points or more may be under way from one address.`;
    return apiError('TOO_MANY_HEAVY_REQUESTS', message, 1);
  }

  #rateLimited(visitor: string, points: number): GraphQLError {
    const seconds = this.#buckets.of(visitor).secondsUntil(points);
    return apiError('RATE_LIMITED', `This address has used up its points for now: come again in ${seconds} s.`, seconds);
  }

  #release(visitor: string): void {
    const left = (this.#heavy.get(visitor) ?? 1) - 1;
    if (left > 0) this.#heavy.set(visitor, left);
    else this.#heavy.delete(visitor);
  }
}
