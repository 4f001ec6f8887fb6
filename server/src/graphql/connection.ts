import type { OutputRef } from '@pothos/core';
import type { Page } from '../kernel/page.ts';
import { builder } from './builder.ts';
import { cost } from './cost.ts';

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export const PageInfoRef = builder.objectRef<PageInfo>('PageInfo');
PageInfoRef.implement({
  description: 'Where a page stands among the others (Relay’s connection specification).',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'True when there is more after this page.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'True when there is more before this page.' }),
    startCursor: t.exposeString('startCursor', { nullable: true, description: 'Cursor of the first row; for `before`.' }),
    endCursor: t.exposeString('endCursor', { nullable: true, description: 'Cursor of the last row; for `after`.' }),
  }),
});

/** A page together with the number of all rows that the filter means. */
export interface Connection<T> extends Page<T> {
  readonly totalCount: () => Promise<number>;
}

export function pageInfo(page: Page<unknown>): PageInfo {
  return {
    hasNextPage: page.hasNextPage,
    hasPreviousPage: page.hasPreviousPage,
    startCursor: page.edges[0]?.cursor ?? null,
    endCursor: page.edges.at(-1)?.cursor ?? null,
  };
}

/** Declares the types `NAMEConnection` and `NAMEEdge` over the rows of `node`. */
export function connectionOf<T>(name: string, node: OutputRef<T>, plural: string) {
  const edge = builder.objectRef<Page<T>['edges'][number]>(`${name}Edge`);
  edge.implement({
    description: `One of the ${plural} of a page.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'The row’s place in this order; opaque, and valid in this order only.' }),
      // The two type parameters are the same T, which the compiler cannot see through Pothos' conditional types.
      node: t.field({ type: node, description: 'The row itself.', resolve: (row) => row.node as never }),
    }),
  });
  const connection = builder.objectRef<Connection<T>>(`${name}Connection`);
  connection.implement({
    description: `A page of ${plural}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: `The ${plural} of this page, in order.`,
        extensions: cost({ rows: 'page', perRow: 0 }),
        resolve: (page) => [...page.edges],
      }),
      pageInfo: t.field({ type: PageInfoRef, description: 'Where this page stands among the others.', resolve: pageInfo }),
      totalCount: t.int({
        description: `How many ${plural} the filter means, on all pages together; of the same moment as the figures of that filter in the same request, while a page shows what is newest.`,
        extensions: cost({ points: 10 }),
        resolve: (page) => page.totalCount(),
      }),
    }),
  });
  return connection;
}
