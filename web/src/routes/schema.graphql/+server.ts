import schema from '../../../../schema.graphql?raw';
import type { RequestHandler } from './$types';

/** The schema as a file, for tools that make code of it. */
export const GET: RequestHandler = () =>
  new Response(schema, {
    headers: {
      'content-type': 'application/graphql; charset=utf-8',
      'content-disposition': 'inline; filename="schema.graphql"',
      'access-control-allow-origin': '*',
    },
  });
