import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { FeedLimits } from './feed-limits.ts';
import { RateWindow } from './rate-window.ts';

/**
 * Who goes first when weight is short: a hole that holds back live ticks, then the proof that nothing is missing, then
 * the regular checks. The number is how long a request may be overtaken by a more urgent one, so that none waits for ever:
 * but what is asked in the background has time, and goes only when nothing else waits.
 */
export const URGENCY_MS = { hole: 0, history: 1_000, proof: 5_000, check: 60_000, background: Infinity } as const;
export type Urgency = keyof typeof URGENCY_MS;

/** Why a request brought no usable answer. NETWORK and TIMEOUT leave its outcome unknown, which reading does not mind. */
export type RestFaultKind = 'NETWORK' | 'TIMEOUT' | 'STATUS' | 'MALFORMED' | 'QUEUE_FULL';

export class RestFault extends Error {
  override readonly name = 'RestFault';
  readonly kind: RestFaultKind;
  /** HTTP status of a STATUS fault, else null. */
  readonly status: number | null;
  /** The exchange's own code in the body, e.g. -1121 for an unknown symbol; null where it gave none. */
  readonly code: number | null;

  constructor(kind: RestFaultKind, message: string, status: number | null = null, code: number | null = null) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.code = code;
  }
}

export interface RestRequest {
  /** Path and query, appended to the base URL. */
  readonly path: string;
  readonly weight: number;
  /** False where the exchange's own count of the used weight, which its answers carry, is not accurate. */
  readonly isWeightTold: boolean;
  readonly urgency: Urgency;
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly request: RestRequest;
  readonly dueMs: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (fault: unknown) => void;
}

const WEIGHT_WINDOW_MS = 60_000;
/** Too many requests, banned, refused by the firewall, refused by country: asking on makes each of them worse. */
const PAUSING_STATUSES: ReadonlySet<number> = new Set([429, 418, 403, 451]);

export interface RestQueueOptions {
  readonly baseUrl: string;
  readonly weightPerMinute: number;
  readonly limits: Pick<
    FeedLimits,
    'weightShare' | 'backgroundWeightShare' | 'restConcurrency' | 'restQueue' | 'restTimeoutMs' | 'restAnswerBytes' | 'restPauseMs'
  >;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The one way to one market's REST server: requests leave within a share of the allowed weight, and none leaves while the
 * exchange has told us to wait. A request is tried once; trying again is the asker's business.
 */
export class RestQueue {
  readonly #options: RestQueueOptions;
  readonly #weights: RateWindow;
  /** What of it went to background requests. */
  readonly #backgroundWeights: RateWindow;
  readonly #waiting: Waiting[] = [];
  #underWay = 0;
  #pausedUntilMs = -Infinity;
  #wake: Cancel | null = null;

  constructor(options: RestQueueOptions) {
    this.#options = options;
    const { weightShare, backgroundWeightShare } = options.limits;
    this.#weights = new RateWindow(options.weightPerMinute * weightShare, WEIGHT_WINDOW_MS);
    this.#backgroundWeights = new RateWindow(options.weightPerMinute * backgroundWeightShare, WEIGHT_WINDOW_MS);
  }

  /** The parsed JSON of a 200 answer; rejects with a RestFault, or with the signal's reason when aborted. */
  get(request: RestRequest): Promise<unknown> {
    const { clock, limits } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (request.signal.aborted) return Promise.reject(request.signal.reason as Error);
    if (this.#waiting.length >= limits.restQueue) return Promise.reject(new RestFault('QUEUE_FULL', 'too many requests are waiting'));
    const waiting: Waiting = { request, dueMs: clock.monotonicMs() + URGENCY_MS[request.urgency], resolve, reject };
    const onAbort = () => {
      const index = this.#waiting.indexOf(waiting);
      if (index >= 0) this.#waiting.splice(index, 1);
      reject(request.signal.reason);
    };
    request.signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting.push(waiting);
    this.#pump();
    return promise.finally(() => request.signal.removeEventListener('abort', onAbort));
  }

  #pump(): void {
    const { clock, limits } = this.#options;
    this.#wake?.();
    this.#wake = null;
    while (this.#waiting.length > 0 && this.#underWay < limits.restConcurrency) {
      const next = this.#waiting.reduce((first, other) => (other.dueMs < first.dueMs ? other : first));
      const nowMs = clock.monotonicMs();
      const windows = next.request.urgency === 'background' ? [this.#weights, this.#backgroundWeights] : [this.#weights];
      const waitMs = Math.max(this.#pausedUntilMs - nowMs, ...windows.map((window) => window.waitMs(nowMs, next.request.weight)));
      if (waitMs > 0) {
        this.#wake = clock.after(waitMs, () => this.#pump());
        return;
      }
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      for (const window of windows) window.spend(nowMs, next.request.weight);
      this.#underWay += 1;
      void this.#send(next.request)
        .then(next.resolve, next.reject)
        .finally(() => {
          this.#underWay -= 1;
          this.#pump();
        });
    }
  }

  async #send({ path, signal, isWeightTold }: RestRequest): Promise<unknown> {
    const { baseUrl, clock, limits } = this.#options;
    const timeout = new AbortController();
    const cancelTimeout = clock.after(limits.restTimeoutMs, () => timeout.abort());
    try {
      const response = await fetch(`${baseUrl}${path}`, { signal: AbortSignal.any([signal, timeout.signal]), redirect: 'error' });
      if (isWeightTold) this.#heedWeight(response);
      if (PAUSING_STATUSES.has(response.status)) this.#pause(response);
      const body = parseJson(await readText(response, limits.restAnswerBytes));
      if (response.status === 200) {
        if (body === undefined) throw new RestFault('MALFORMED', `${path}: the answer is not JSON`);
        return body;
      }
      const code = typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'number' ? body.code : null;
      throw new RestFault('STATUS', `${path}: HTTP ${response.status}${code === null ? '' : `, code ${code}`}`, response.status, code);
    } catch (fault) {
      if (fault instanceof RestFault || signal.aborted) throw fault;
      if (timeout.signal.aborted) throw new RestFault('TIMEOUT', `${path}: no answer within ${limits.restTimeoutMs} ms`);
      throw new RestFault('NETWORK', `${path}: ${describe(fault)}`);
    } finally {
      cancelTimeout();
    }
  }

  /** Limits are per address: what others spend on it counts too. */
  #heedWeight(response: Response): void {
    const used = response.headers.get('x-mbx-used-weight-1m') ?? '';
    if (/^[0-9]{1,9}$/.test(used)) this.#weights.raiseTo(this.#options.clock.monotonicMs(), Number.parseInt(used, 10));
  }

  #pause(response: Response): void {
    const { clock, limits, log } = this.#options;
    const retryAfter = response.headers.get('retry-after') ?? '';
    const pauseMs = /^[0-9]{1,9}$/.test(retryAfter) ? Number.parseInt(retryAfter, 10) * 1_000 : limits.restPauseMs;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, clock.monotonicMs() + pauseMs);
    log.warn({ status: response.status, pauseMs }, 'the exchange asks for a pause of REST requests');
  }
}

/** The body's text, given up as soon as it is longer than `limitBytes`. */
async function readText(response: Response, limitBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes) throw new RestFault('MALFORMED', `the answer is longer than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** fetch says only "fetch failed"; what failed is in its cause. */
function describe(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  return fault.cause instanceof Error ? `${fault.message}: ${fault.cause.message}` : fault.message;
}
