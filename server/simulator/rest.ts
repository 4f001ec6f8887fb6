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
}

/** Answers the REST calls of one market, weighing each as documented. */
export class RestApi {
  readonly #market: Market;
  readonly #wait: (delayMs: number) => Promise<void>;
  readonly #seen: (request: SeenRequest) => void;
  readonly #meter: WeightMeter;
  readonly #faults: RestFault[] = [];

  constructor(market: Market, wait: (delayMs: number) => Promise<void>, seen: (request: SeenRequest) => void) {
    this.#market = market;
    this.#wait = wait;
    this.#seen = seen;
    this.#meter = new WeightMeter(REQUEST_WEIGHT_PER_MINUTE[market.marketType]);
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
    const fault = this.#takeFault(url.pathname);
    const { status, body, headers } =
      fault?.status === undefined ? this.#answer(request.method ?? 'GET', url, timeMs) : faultAnswer(fault, fault.status);
    if (fault?.delayMs !== undefined) await this.#wait(fault.delayMs);
    this.#seen({ marketType: this.#market.marketType, path: url.pathname, query: Object.fromEntries(url.searchParams), timeMs, status });
    response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers });
    response.end(body === undefined ? '' : JSON.stringify(body));
  }

  #answer(method: string, url: URL, nowMs: number): { status: number; body: unknown; headers: Record<string, string> } {
    const calls = REST_CALLS[this.#market.marketType];
    const call = Object.hasOwn(calls, url.pathname) ? calls[url.pathname] : undefined;
    if (!call || method !== 'GET') return { status: call ? 405 : 404, body: undefined, headers: {} };
    const used = this.#meter.add(call.weight(url.searchParams), nowMs);
    const headers = { 'x-mbx-used-weight': String(used), 'x-mbx-used-weight-1m': String(used) };
    const retryAfter = this.#meter.retryAfterSeconds(nowMs);
    if (retryAfter !== undefined) {
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

  #takeFault(path: string): RestFault | undefined {
    const index = this.#faults.findIndex((fault) => fault.path === undefined || fault.path === path);
    return index < 0 ? undefined : this.#faults.splice(index, 1)[0];
  }
}

function faultAnswer(fault: RestFault, status: number): { status: number; body: unknown; headers: Record<string, string> } {
  return { status, body: { code: fault.code ?? -1000, msg: fault.msg ?? 'A fault that a test asked for.' }, headers: { ...fault.headers } };
}
