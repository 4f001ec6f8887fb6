/**
 * Posts trading signals to Bot Performance and follows its closures. One file, no dependencies: Node 22.18 or newer, Deno, Bun, browsers.
 *
 *   export BOT_TOKEN=…
 *   node signals.ts https://example.org create BTCUSDT LONG 60000 30000
 *   node signals.ts https://example.org follow [sequence]
 */

export interface SignalInput {
  /** The same key again answers with the first signal, so that a retry posts nothing twice. */
  readonly externalId: string;
  readonly symbol: string;
  readonly marketType?: 'SPOT' | 'FUTURES';
  readonly direction: 'LONG' | 'SHORT';
  /** Prices are strings: a number would change their digits. */
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly entryPrice?: string;
  readonly timeframe?: string;
  readonly strategy?: string;
  readonly confidence?: number;
  readonly note?: string;
}

export interface Accepted {
  readonly signal: { readonly id: string; readonly entryPrice: string };
  /** Null where the server stores such signals without trading them. */
  readonly trade: { readonly id: string; readonly quantity: string } | null;
  /** True when this externalId had been received before and nothing new was made. */
  readonly duplicate: boolean;
}

export interface Closure {
  readonly sequence: string;
  readonly trade: { readonly id: string; readonly symbol: string; readonly status: string; readonly realizedPnl: string };
}

export interface UserError {
  readonly field: readonly string[];
  readonly code: string;
  readonly message: string;
}

/** The server took nothing, and would not the next time either. */
export class Refused extends Error {
  readonly userErrors: readonly UserError[];
  constructor(userErrors: readonly UserError[]) {
    super(userErrors.map(({ field, code, message }) => `${field.join('.') || 'signal'}: ${code}: ${message}`).join('; '));
    this.userErrors = userErrors;
  }
}

/** The server answered with something else than an answer to the question. */
export class RequestFailed extends Error {}

/** No answer after every try. The signal may have arrived: send it again later with the same externalId. */
export class Unreachable extends Error {}

/** The server has no place for a stream now. */
class TryLater extends Error {
  readonly waitMs: number | undefined;
  constructor(waitMs: number | undefined) {
    super('try later');
    this.waitMs = waitMs;
  }
}

const CREATE = `mutation ($input: CreateSignalInput!) { createSignal(input: $input) {
  signal { id entryPrice } trade { id quantity } duplicate userErrors { field code message } } }`;
const CLOSURES = 'subscription ($after: String) { tradeClosed(after: $after) { sequence trade { id symbol status realizedPnl } } }';

/** Answers that may differ the next time. */
const RETRY_STATUS = new Set([408, 429, 500, 502, 503, 504]);
/** The server says something at least every 12 seconds, if only that it is there. */
const SILENCE_MS = 30_000;

export interface ClientOptions {
  /** Without a slash at the end. */
  readonly url: string;
  /** Only posting needs one. */
  readonly token?: string;
  readonly timeoutMs?: number;
  readonly tries?: number;
  readonly sleep?: (ms: number) => Promise<void>;
}

export class Client {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;
  readonly #tries: number;
  readonly #sleep: (ms: number) => Promise<void>;

  constructor({ url, token, timeoutMs = 10_000, tries = 5, sleep = wait }: ClientOptions) {
    this.#url = `${url}/graphql`;
    this.#headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    this.#timeoutMs = timeoutMs;
    this.#tries = tries;
    this.#sleep = sleep;
  }

  /** @throws Refused, RequestFailed, Unreachable */
  async createSignal(input: SignalInput): Promise<Accepted> {
    const { createSignal } = await this.#request<{ createSignal: Accepted & { userErrors: UserError[] } }>(CREATE, { input });
    const { userErrors, ...accepted } = createSignal;
    if (userErrors.length > 0) throw new Refused(userErrors);
    return accepted;
  }

  /**
   * Every closure, each once and in order, for as long as the caller reads: it comes back after every loss of the connection and goes on
   * after the last sequence. @param after the last sequence known; "0" begins with the first event; without it only what is new is told
   */
  async *closures(after?: string, signal?: AbortSignal): AsyncGenerator<Closure> {
    let last = after;
    for (let failures = 0; !signal?.aborted; failures += 1) {
      let askedToWaitMs: number | undefined;
      try {
        for await (const closure of this.#stream(last, signal)) {
          failures = 0;
          last = closure.sequence;
          yield closure;
        }
      } catch (error) {
        if (error instanceof RequestFailed) throw error;
        if (error instanceof TryLater) askedToWaitMs = error.waitMs;
      }
      if (!signal?.aborted) await this.#sleep(askedToWaitMs ?? backoffMs(failures));
    }
  }

  async #request<Data>(query: string, variables: object): Promise<Data> {
    const body = JSON.stringify({ query, variables });
    let failure = '';
    let askedToWaitMs: number | undefined;
    for (let attempt = 0; attempt < this.#tries; attempt += 1) {
      if (attempt > 0) await this.#sleep(askedToWaitMs ?? backoffMs(attempt));
      askedToWaitMs = undefined;
      try {
        const signal = AbortSignal.timeout(this.#timeoutMs);
        const response = await fetch(this.#url, { method: 'POST', headers: this.#headers, body, signal });
        if (!RETRY_STATUS.has(response.status)) return dataOf<Data>(await response.text(), response.status);
        failure = `HTTP ${response.status}`;
        askedToWaitMs = retryAfterMs(response);
      } catch (error) {
        if (error instanceof RequestFailed) throw error;
        failure = String(error);
      }
    }
    throw new Unreachable(`no answer from ${this.#url} after ${this.#tries} tries: ${failure}`);
  }

  /** One connection's worth of closures, as server-sent events. */
  async *#stream(after: string | undefined, signal: AbortSignal | undefined): AsyncGenerator<Closure> {
    const connection = new AbortController();
    const abort = () => connection.abort();
    signal?.addEventListener('abort', abort);
    let silence = setTimeout(abort, SILENCE_MS);
    try {
      const body = JSON.stringify({ query: CLOSURES, variables: { after } });
      const headers = { ...this.#headers, accept: 'text/event-stream' };
      const response = await fetch(this.#url, { method: 'POST', headers, body, signal: connection.signal });
      if (RETRY_STATUS.has(response.status)) throw new TryLater(retryAfterMs(response));
      if (response.body === null || !response.headers.get('content-type')?.startsWith('text/event-stream'))
        throw new RequestFailed(reasonOf(await response.text(), response.status));
      let text = '';
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(silence);
        silence = setTimeout(abort, SILENCE_MS);
        const frames = (text + chunk).split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) {
          const data = /^data: ?(.+)$/m.exec(frame)?.[1];
          if (data !== undefined) yield dataOf<{ tradeClosed: Closure }>(data, response.status).tradeClosed;
        }
      }
    } finally {
      clearTimeout(silence);
      signal?.removeEventListener('abort', abort);
      connection.abort();
    }
  }
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

function dataOf<Data>(text: string, status: number): Data {
  const answer = answerOf<Data>(text);
  // A reader that was too slow is sent away, and may come back after the last sequence it has.
  if (answer?.errors?.some(({ extensions }) => extensions?.code === 'SUBSCRIBER_TOO_SLOW')) throw new Unreachable('too slow');
  if (answer?.errors || answer?.data == null) throw new RequestFailed(reasonOf(text, status));
  return answer.data;
}

/** Why a text is no answer to the question. */
function reasonOf(text: string, status: number): string {
  const answer = answerOf(text);
  if (!answer) return `HTTP ${status}, and no JSON: is this the right address?`;
  return answer.errors?.map(({ message }) => message).join('; ') ?? `HTTP ${status}`;
}

function answerOf<Data>(text: string): Answer<Data> | undefined {
  try {
    return JSON.parse(text) as Answer<Data>;
  } catch {
    return undefined;
  }
}

/** Undefined: the server did not say. */
function retryAfterMs({ headers }: Response): number | undefined {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d+$/.test(seconds) ? Number(seconds) * 1_000 : undefined;
}

function backoffMs(attempt: number): number {
  return Math.min(500 * 2 ** attempt, 15_000);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function follow(url: string, after: string | undefined): Promise<number> {
  try {
    for await (const closure of new Client({ url }).closures(after)) console.log(JSON.stringify(closure));
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return 5;
  }
}

async function main([url, command, ...rest]: string[]): Promise<number> {
  const token = process.env['BOT_TOKEN'];
  if (url !== undefined && command === 'follow') return follow(url, rest[0]);
  const [symbol, direction, takeProfit, stopLoss, externalId = crypto.randomUUID()] = rest;
  if (url === undefined || command !== 'create' || symbol === undefined || takeProfit === undefined || stopLoss === undefined) {
    console.error(
      'usage: node signals.ts URL create SYMBOL LONG|SHORT TAKE_PROFIT STOP_LOSS [EXTERNAL_ID]\n       node signals.ts URL follow [SEQUENCE]',
    );
    return 2;
  }
  if (!token) {
    console.error('set BOT_TOKEN to the token of your bot');
    return 2;
  }
  const input = { externalId, symbol, direction: direction as SignalInput['direction'], takeProfit, stopLoss };
  try {
    console.log(JSON.stringify(await new Client({ url, token }).createSignal(input)));
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    if (error instanceof Refused) return error.userErrors.some(({ code }) => code === 'UNAUTHENTICATED') ? 3 : 4;
    return 5;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
