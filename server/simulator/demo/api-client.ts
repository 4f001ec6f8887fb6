import type { Clock } from '../../src/kernel/clock.ts';

/** The other side gave no answer to go by: it was not reached, was busy, or did not speak JSON. Asking again is right. */
export class NoAnswer extends Error {}

/** The other side answered that it will not do it; asking the same again is useless. */
export class Rejected extends Error {}

export interface ApiClientOptions {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
  /** Longest wait for an answer. */
  readonly timeoutMs: number;
}

/** GraphQL over HTTP with a bot's token. */
export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** The answer's data. Throws NoAnswer or Rejected. */
  async ask<Data>(query: string, variables: object, signal: AbortSignal): Promise<Data> {
    const { url, token, clock, timeoutMs } = this.#options;
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    };
    const { data, errors } = await fetchJson<{ data?: Data | null; errors?: { message: string }[] }>(url, init, {
      clock,
      timeoutMs,
      signal,
    });
    if (errors?.[0]) throw new Rejected(errors[0].message);
    if (!data) throw new NoAnswer('an answer without data');
    return data;
  }
}

/** The JSON body of an answer with a status below 500, in time. Throws NoAnswer. */
export async function fetchJson<Body>(
  url: string,
  init: RequestInit,
  { clock, timeoutMs, signal }: { clock: Clock; timeoutMs: number; signal: AbortSignal },
): Promise<Body> {
  const late = new AbortController();
  const cancel = clock.after(timeoutMs, () => late.abort());
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.any([late.signal, signal]) });
    if (response.status >= 500 || response.status === 429) throw new NoAnswer(`status ${response.status}`);
    return (await response.json()) as Body;
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer(String(error));
  } finally {
    cancel();
  }
}
