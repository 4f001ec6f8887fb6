import { builder } from './builder.ts';

/** Implemented by everything that has an address of its own. */
export const NodeRef = builder.interfaceRef<{ readonly id: string }>('Node');

NodeRef.implement({
  description: 'Something that can be fetched again by its id.',
  // Each row says by its own columns what it is.
  resolveType: (row) => ('slug' in row ? 'Bot' : 'contentHash' in row ? 'Signal' : 'Trade'),
  fields: (t) => ({ id: t.exposeID('id', { description: 'UUID (version 7), unique across all types.' }) }),
});
