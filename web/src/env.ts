import { defineEnvVars } from '@sveltejs/kit/env';

/** Settings read when the server starts. */
export const variables = defineEnvVars({
  GRAPHQL_URL: {
    description: 'Where pages that are made on the server send their GraphQL requests.',
    schema: (value) => value ?? 'http://127.0.0.1:5173/graphql',
  },
  STAGED_STATES: {
    description: 'Set by the demo alone: then `?state=` shows a page in a state that one would have to wait for.',
    schema: (value) => value === 'demo',
  },
});
