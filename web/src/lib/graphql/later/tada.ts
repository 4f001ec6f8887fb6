import type { initGraphQLTada } from 'gql.tada';
import type { introspection } from './graphql-env.d.ts';

interface Setup {
  introspection: introspection;
  scalars: { Decimal: string; DateTime: string };
  disableMasking: true;
}

/** What a document is while the page runs: its own text and the fragments it uses. */
interface Source {
  text: string;
  fragments: readonly Source[];
}

/**
 * Types every document of the page from the committed schema.graphql. Only the types come from gql.tada: at run time a document is its
 * text, which is sent as it is.
 */
export const graphql = ((text: string, fragments: readonly Source[] = []): Source => ({ text, fragments })) as unknown as ReturnType<
  typeof initGraphQLTada<Setup>
>;

/** The text to send: the operation and each fragment once. @param document made by `graphql` */
export function printDocument(document: object): string {
  const texts = new Set<string>();
  const collect = ({ text, fragments }: Source): void => {
    texts.add(text);
    fragments.forEach(collect);
  };
  collect(document as Source);
  return [...texts].join('').replace(/\s+/g, ' ').trim();
}
