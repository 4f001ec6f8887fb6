import type { TadaDocumentNode } from 'gql.tada';
import { printDocument } from './tada.ts';

/** A panel's data, or why it is missing: one panel that fails leaves the others alone. */
export type Loaded<T> = { ok: true; data: T } | { ok: false; code: string };

export const UNREACHABLE = 'UNREACHABLE';

/** A page waits at most this long for the API before it shows what failed. */
const TIMEOUT_MS = 5_000;

/** Asks the API; never throws. */
export interface Graphql {
  query<Data, Variables>(document: TadaDocumentNode<Data, Variables>, variables: Variables): Promise<Loaded<Data>>;
}

interface Answer {
  data?: unknown;
  errors?: { extensions?: { code?: unknown } }[];
}

/**
 * One client per call of a load function, so that nothing is shared between visitors. Its `fetch` is the load function's own: what the
 * server has asked is written into the page, and the browser finds it there instead of asking again.
 */
export function createGraphql(fetch: typeof globalThis.fetch): Graphql {
  return {
    async query<Data, Variables>(document: TadaDocumentNode<Data, Variables>, variables: Variables): Promise<Loaded<Data>> {
      try {
        const response = await fetch('/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({ query: printDocument(document), variables }),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const { data, errors } = (await response.json()) as Answer;
        const code = errors?.[0]?.extensions?.code;
        if (errors || !data) return { ok: false, code: typeof code === 'string' ? code : 'INTERNAL_ERROR' };
        return { ok: true, data: data as Data };
      } catch {
        // No answer, no answer in time, or one that is not of the API but of something in front of it.
        return { ok: false, code: UNREACHABLE };
      }
    },
  };
}

/** Applies a function to the data, if there is any. */
export function mapLoaded<T, U>(loaded: Loaded<T>, change: (data: T) => U): Loaded<U> {
  return loaded.ok ? { ok: true, data: change(loaded.data) } : loaded;
}
