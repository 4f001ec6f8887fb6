import { createClient, fetchExchange, type AnyVariables, type CombinedError, type TypedDocumentNode } from '@urql/svelte';

/** A panel's data, or why it is missing: one panel that fails leaves the others alone. */
export type Loaded<T> = { ok: true; data: T } | { ok: false; code: string };

export const UNREACHABLE = 'UNREACHABLE';

/** Asks the API; never throws. */
export interface Graphql {
  query<Data, Variables extends AnyVariables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Loaded<Data>>;
}

/** One client per call of a load function, so that nothing is shared between visitors. */
export function createGraphql(fetch: typeof globalThis.fetch): Graphql {
  const client = createClient({
    url: '/graphql',
    fetch,
    exchanges: [fetchExchange],
    requestPolicy: 'network-only',
    // The API answers queries by POST only; GET is its playground.
    preferGetMethod: false,
  });
  return {
    async query(document, variables) {
      const { data, error } = await client.query(document, variables).toPromise();
      if (error || !data) return { ok: false, code: codeOf(error) };
      return { ok: true, data };
    },
  };
}

function codeOf(error: CombinedError | undefined): string {
  if (!error || error.networkError) return UNREACHABLE;
  const code = error.graphQLErrors[0]?.extensions.code;
  return typeof code === 'string' ? code : 'INTERNAL_ERROR';
}

/** Applies a function to the data, if there is any. */
export function mapLoaded<T, U>(loaded: Loaded<T>, change: (data: T) => U): Loaded<U> {
  return loaded.ok ? { ok: true, data: change(loaded.data) } : loaded;
}
