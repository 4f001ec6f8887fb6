/**
 * The codes, in `extensions.code`, by which a whole request is refused, with the HTTP status that goes with each. They are stable.
 * What is wrong with a signal is told in `userErrors` instead (signals/refusals.ts).
 */
export const API_ERRORS = {
  BAD_REQUEST: { status: 400, about: 'The body is not a JSON object with a query.' },
  GRAPHQL_PARSE_FAILED: { status: 400, about: 'The query cannot be read.' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, about: 'The query asks for something that schema.graphql does not have.' },
  BAD_USER_INPUT: { status: 200, about: 'An argument has a value that is not allowed; the message names it.' },
  SEQUENCE_NOT_REACHED: { status: 200, about: 'The sequence in "after" belongs to another record.' },
  REQUEST_ENTITY_TOO_LARGE: { status: 413, about: 'The body is too large.' },
  SUBSCRIPTIONS_ONLY: { status: 400, about: 'Only subscriptions go over WebSocket.' },
  SUBSCRIBER_TOO_SLOW: {
    status: 200,
    about: 'The subscription has ended because its reader was too far behind: subscribe again after the last sequence.',
  },
  INTERNAL_SERVER_ERROR: { status: 500, about: 'A fault of the server, which the operator finds in the log by the id told.' },
} as const satisfies Record<string, { status: number; about: string }>;

export type ApiErrorCode = keyof typeof API_ERRORS;
