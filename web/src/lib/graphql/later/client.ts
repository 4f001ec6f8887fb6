import { Client, fetchExchange } from '@urql/svelte';
import type { AnyVariables } from '@urql/svelte';
import type { TadaDocumentNode } from 'gql.tada';
import { UNREACHABLE, type Loaded } from '../loaded.ts';
import { printDocument } from './tada.ts';

/** A page waits at most this long for the API before it shows what failed. */
const TIMEOUT_MS = 5_000;

/** Asks the API; never throws. */
export interface Graphql {
  query<Data, Variables>(document: TadaDocumentNode<Data, Variables>, variables: Variables): Promise<Loaded<Data>>;
}

/**
 * One urql client per call of a load function, so that nothing is shared between visitors, and without a cache: each page shows what
 * is so now.
 */
export function createGraphql(fetch: typeof globalThis.fetch): Graphql {
  const client = new Client({
    url: '/graphql',
    exchanges: [fetchExchange],
    preferGetMethod: false,
    fetch: (url, request) => fetch(url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) }),
  });
  return {
    async query<Data, Variables>(document: TadaDocumentNode<Data, Variables>, variables: Variables): Promise<Loaded<Data>> {
      const { data, error } = await client.query<Data>(printDocument(document), variables as AnyVariables).toPromise();
      if (data !== undefined && data !== null && !error) return { ok: true, data };
      // No answer, no answer in time, or one that is not of the API but of something in front of it.
      if (!error || error.networkError) return { ok: false, code: UNREACHABLE };
      const code = error.graphQLErrors[0]?.extensions['code'];
      return { ok: false, code: typeof code === 'string' ? code : 'INTERNAL_ERROR' };
    },
  };
}
