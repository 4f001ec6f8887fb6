import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Market } from './market.ts';
import { REST_CALLS } from './rest-calls.ts';
import { REQUEST_WEIGHT_PER_MINUTE, WeightMeter } from './rest-limits.ts';
import { RestError } from './rest-params.ts';

/** A REST request that was answered. */
export interface SeenRequest {
  readonly marketType: Market['marketType'];
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** When it came, ms since 1970 UTC. */
  readonly timeMs: number;
  readonly status: number;
}

/** An answer given instead of the right one; `delayMs` alone only makes the right one late. */
export interface RestFault {
  /** Only requests of this path; any when left out. */
  readonly path?: string;
  readonly status?: number;
  readonly code?: number;
  readonly msg?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
  /** The body as it is, JSON or not. */
  readonly body?: string;
  /** No answer at all: the request stays open until its asker gives up. */
  readonly hang?: boolean;
}

/** A time in which the exchange wants no request, as it said by Retry-After. */
export interface RestPause {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Those that came during it, without those that were surely under way before the pause could be known. */
  requests: number;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that comes within this time of a refusal was sent before it. */
const UNDER_WAY_MS = 250;
/** Requests during a pause after which the address is banned; each further ban is four times as long, up to three days. */
const STRIKES_TO_BAN = 5;
const FIRST_BAN_SECONDS = 120;
const LONGEST_BAN_SECONDS = 259_200;

/** Answers the REST calls of one market, weighing each as documented. */
export class RestApi {
  readonly #market: Market;
  readonly #wait: (delayMs: number) => Promise<void>;
  readonly #seen: (request: SeenRequest) => void;
  readonly #meter: WeightMeter;
  readonly #faults: RestFault[] = [];
  /** While set, every request that fits gets this. */
  mode: RestFault | null = null;
  readonly pauses: RestPause[] = [];
  #strikes = 0;
  #bans = 0;
  #bannedUntilMs = -Infinity;

  constructor(market: Market, wait: (delayMs: number) => Promise<void>, seen: (request: SeenRequest) => void) {
    this.#market = market;
    this.#wait = wait;
    this.#seen = seen;
    this.#meter = new WeightMeter(REQUEST_WEIGHT_PER_MINUTE[market.marketType]);
  }

  /** Requests that wait for the clock, or for ever. */
  held = 0;

  get peakWeight(): number {
    return this.#meter.peak;
  }

  /** The next request that fits gets this; faults wait in the order in which they were added. */
  addFault(fault: RestFault): void {
    this.#faults.push(fault);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Put together rather than resolved: a path such as // would be taken for a host.
    const url = URL.parse(`http://exchange${request.url ?? '/'}`);
    if (!url) return void response.writeHead(400).end();
    const timeMs = this.#market.nowMs();
    this.#countDuringPause(timeMs);
    const fault = this.#takeFault(url.pathname) ?? (this.mode && fits(this.mode, url.pathname) ? this.mode : undefined);
    const isSpoilt = fault?.status !== undefined || fault?.body !== undefined;
    const { status, body, headers } = isSpoilt ? faultAnswer(fault) : this.#answer(request.method ?? 'GET', url, timeMs);
    const seen = { marketType: this.#market.marketType, path: url.pathname, query: Object.fromEntries(url.searchParams), timeMs, status };
    if (fault?.hang) {
      this.held += 1;
      response.once('close', () => (this.held -= 1));
      return this.#seen(seen);
    }
    if (fault?.delayMs !== undefined) await this.#hold(fault.delayMs);
    this.#seen(seen);
    this.#notePause(headers, this.#market.nowMs());
    response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers });
    response.end(fault?.body ?? (body === undefined ? '' : JSON.stringify(body)));
  }

  #answer(method: string, url: URL, nowMs: number): Answer {
    const calls = REST_CALLS[this.#market.marketType];
    const call = Object.hasOwn(calls, url.pathname) ? calls[url.pathname] : undefined;
    if (!call || method !== 'GET') return { status: call ? 405 : 404, body: undefined, headers: {} };
    if (nowMs < this.#bannedUntilMs) return this.#banned(nowMs);
    const used = this.#meter.add(call.weight(url.searchParams), nowMs);
    const headers = { 'x-mbx-used-weight': String(used), 'x-mbx-used-weight-1m': String(used) };
    const retryAfter = this.#meter.retryAfterSeconds(nowMs);
    if (retryAfter !== undefined) {
      if (this.#strikes >= STRIKES_TO_BAN) return this.#ban(nowMs);
      const limit = REQUEST_WEIGHT_PER_MINUTE[this.#market.marketType];
      const msg = `Too many requests; current limit of IP is ${limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`;
      return { status: 429, body: { code: -1003, msg }, headers: { ...headers, 'retry-after': String(retryAfter) } };
    }
    try {
      return { status: 200, body: call.answer(this.#market, url.searchParams), headers };
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return { status: error.status, body: { code: error.code, msg: error.message }, headers };
    }
  }

  async #hold(delayMs: number): Promise<void> {
    this.held += 1;
    await this.#wait(delayMs);
    this.held -= 1;
  }

  #ban(nowMs: number): Answer {
    const seconds = Math.min(FIRST_BAN_SECONDS * 4 ** this.#bans, LONGEST_BAN_SECONDS);
    this.#bans += 1;
    this.#strikes = 0;
    this.#bannedUntilMs = nowMs + seconds * 1_000;
    return this.#banned(nowMs);
  }

  #banned(nowMs: number): Answer {
    const msg = `Way too much request weight used; IP banned until ${this.#bannedUntilMs}. Please use WebSocket Streams for live updates to avoid bans.`;
    const seconds = Math.ceil((this.#bannedUntilMs - nowMs) / 1_000);
    return { status: 418, body: { code: -1003, msg }, headers: { 'retry-after': String(seconds) } };
  }

  #countDuringPause(nowMs: number): void {
    let isAsked = false;
    for (const pause of this.pauses) {
      if (nowMs < pause.fromMs + UNDER_WAY_MS || nowMs >= pause.untilMs) continue;
      pause.requests += 1;
      isAsked = true;
    }
    this.#strikes = isAsked ? this.#strikes + 1 : 0;
  }

  #notePause(headers: Readonly<Record<string, string>>, nowMs: number): void {
    const seconds = Number(headers['retry-after'] ?? 0);
    if (seconds > 0) this.pauses.push({ fromMs: nowMs, untilMs: nowMs + seconds * 1_000, requests: 0 });
  }

  #takeFault(path: string): RestFault | undefined {
    const index = this.#faults.findIndex((fault) => fits(fault, path));
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0];
  }
}

function fits(fault: RestFault, path: string): boolean {
  return fault.path === undefined || fault.path === path;
}

function faultAnswer({ status = 200, code, msg, headers }: RestFault): Answer {
  const lowerCase = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return { status, body: { code: code ?? -1000, msg: msg ?? 'A fault that a test asked for.' }, headers: lowerCase };
}
