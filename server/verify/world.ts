import { startExchange } from '../simulator/exchange.ts';
import type { Exchange } from '../simulator/exchange.ts';
import type { ExchangeOptions } from '../simulator/exchange-options.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Turns of the event loop without anything to do, after which what was sent over loopback has arrived and had its effect. */
const QUIET_TURNS = 12;
/** The longest wait, real time, for a request that is under way and not held by the exchange. */
const STUCK_MS = 2_000;

let fetchesUnderWay = 0;
let isFetchCounted = false;

/** Requests are read whole before they are handed on, so that "none under way" means that every answer is there. */
function countFetches(): void {
  if (isFetchCounted) return;
  isFetchCounted = true;
  const plainFetch = globalThis.fetch;
  globalThis.fetch = async (...args) => {
    fetchesUnderWay += 1;
    try {
      const response = await plainFetch(...args);
      const body = await response.arrayBuffer();
      return new Response(body, { status: response.status, headers: response.headers });
    } finally {
      fetchesUnderWay -= 1;
    }
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Exchange and workers on real sockets and one virtual clock: time goes on only when everything that was sent has arrived, and
 * then straight to the next timer. An hour takes as long as what happens in it.
 */
export class World {
  readonly clock: VirtualClock;
  readonly exchange: Exchange;
  /** Called after each step of time, when everything has arrived. */
  onStep: () => void = () => {};

  private constructor(clock: VirtualClock, exchange: Exchange) {
    this.clock = clock;
    this.exchange = exchange;
  }

  static async start(options: Omit<ExchangeOptions, 'clock'> = {}, startMs: number = Date.UTC(2026, 0, 5, 12)): Promise<World> {
    countFetches();
    const clock = new VirtualClock(startMs);
    return new World(clock, await startExchange({ ...options, clock }));
  }

  get nowMs(): number {
    return this.clock.nowMs;
  }

  /** Lets everything arrive that is on its way, without any time going by. */
  async settle(turns = QUIET_TURNS): Promise<void> {
    const startedMs = performance.now();
    for (let quiet = 0; quiet < turns; quiet += 1) {
      await turn();
      if (fetchesUnderWay > this.exchange.faults.heldRequests && performance.now() - startedMs < STUCK_MS) quiet = 0;
    }
  }

  /** Goes on by `ms`, letting everything arrive at each step. */
  async run(ms: number): Promise<void> {
    const untilMs = this.clock.monotonicMs() + ms;
    await this.settle();
    while (this.clock.monotonicMs() < untilMs) await this.#step(untilMs);
  }

  /** Goes on until `holds`; rejects after `withinMs` of virtual time. */
  async until(holds: () => boolean, what: string, withinMs: number): Promise<void> {
    const untilMs = this.clock.monotonicMs() + withinMs;
    await this.settle();
    while (!holds()) {
      if (this.clock.monotonicMs() >= untilMs) throw new Error(`${withinMs / 1_000} s of virtual time went by without ${what}`);
      await this.#step(untilMs);
    }
  }

  /** The machine sleeps: time leaps, and whatever fell due meanwhile runs once, late. */
  async leap(ms: number): Promise<void> {
    await this.settle();
    this.clock.leap(ms);
    await this.settle();
  }

  async stop(): Promise<void> {
    await this.exchange.stop();
  }

  async #step(untilMs: number): Promise<void> {
    const leftMs = untilMs - this.clock.monotonicMs();
    this.clock.advance(Math.min(leftMs, this.clock.nextInMs ?? leftMs));
    await this.settle();
    this.onStep();
  }
}
