import { GraphQLError, isEnumType } from 'graphql';
import type { GraphQLSchema } from 'graphql';

/**
 * The codes, in `extensions.code`, by which a whole request is refused, with the HTTP status that goes with each. They are stable.
 * What is wrong with a signal is told in `userErrors` instead (signals/refusals.ts).
 */
export const API_ERRORS = {
  BAD_REQUEST: { status: 400, about: 'The body is not a JSON object with a query, or a variable nests too deep.' },
  GRAPHQL_PARSE_FAILED: { status: 400, about: 'The query cannot be read.' },
  BAD_PARAMETER: { status: 400, about: 'A parameter in the address of a download is unknown or has a value that is not allowed.' },
  NOT_FOUND: { status: 404, about: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: { status: 405, about: 'The address takes other methods, which the header Allow names.' },
  REQUEST_TIMEOUT: { status: 408, about: 'The body took too long to arrive.' },
  OPERATION_RESOLUTION_FAILURE: { status: 400, about: 'The document has no operation of that name, or several and none is named.' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, about: 'The query does not fit the schema; the message says where.' },
  BAD_USER_INPUT: {
    status: 200,
    about:
      'An argument has a value that is not allowed; the message names it. With 400 where a variable is missing or does not fit its type.',
  },
  TOO_MANY_ROWS: { status: 200, about: 'A comparison has more rows than can be made at once: narrow the filter.' },
  SEQUENCE_NOT_REACHED: { status: 200, about: 'The sequence in "after" belongs to another record.' },
  TOKEN_NOT_IN_HEADER: {
    status: 400,
    about: 'A token stands in the address, the query or the variables. Revoke it, as it may have been logged.',
  },
  REQUEST_ENTITY_TOO_LARGE: { status: 413, about: 'The body is too large.' },
  EVENT_STREAM_NOT_ACCEPTED: { status: 406, about: 'A subscription by POST is told as an event stream: send Accept: text/event-stream.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, about: 'Requests are JSON, not compressed.' },
  QUERY_TOO_LARGE: { status: 400, about: 'The query has too many tokens, fields, aliases, directives, fragments or operations.' },
  QUERY_TOO_DEEP: { status: 400, about: 'The query nests too deep.' },
  QUERY_TOO_COSTLY: { status: 400, about: 'One request costs more than is allowed: ask for smaller pages or fewer fields.' },
  LIST_TOO_LONG: { status: 400, about: 'A list in the arguments has too many entries.' },
  RATE_LIMITED: { status: 429, about: 'This address has used up its points for now; Retry-After says when to come again.' },
  TOO_MANY_WRONG_TOKENS: { status: 429, about: 'Too many wrong tokens came from this address: wait a minute.' },
  TOO_MANY_HEAVY_REQUESTS: { status: 429, about: 'This address has too many costly requests under way; wait for an answer first.' },
  TOO_MANY_CONNECTIONS: { status: 429, about: 'This address has too many WebSockets and event streams open.' },
  TOO_MANY_DOWNLOADS: { status: 429, about: 'This address has a download of the history under way: wait for its end.' },
  SERVER_FULL: { status: 503, about: 'The server has as many WebSockets, event streams or downloads open as it can hold.' },
  TOO_MANY_SUBSCRIPTIONS: { status: 429, about: 'This WebSocket has too many subscriptions; the others go on.' },
  SUBSCRIPTIONS_ONLY: { status: 400, about: 'Only subscriptions go over WebSocket.' },
  SUBSCRIBER_TOO_SLOW: {
    status: 200,
    about: 'The subscription has ended because its reader was too far behind: subscribe again after the last sequence.',
  },
  EXECUTION_TIMEOUT: { status: 503, about: 'The answer took too long.' },
  SERVER_UNAVAILABLE: { status: 503, about: 'The server is starting or stopping: send it again.' },
  INTERNAL_SERVER_ERROR: { status: 500, about: 'A fault of the server, which the operator finds in the log by the id told.' },
} as const satisfies Record<string, { status: number; about: string }>;

export type ApiErrorCode = keyof typeof API_ERRORS;

/** An error for the caller; over HTTP the answer gets the code's status, and Retry-After where waiting helps. */
export function apiError(code: ApiErrorCode, message: string, retryAfterSeconds?: number): GraphQLError {
  const { status } = API_ERRORS[code];
  const headers = retryAfterSeconds === undefined ? undefined : { 'retry-after': String(retryAfterSeconds) };
  return new GraphQLError(message, {
    extensions: {
      code,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      http: { ...(status !== 200 && { status }), ...(headers && { headers }) },
    },
  });
}

/** A fault of the server: nothing of it is told but the id by which it is in the log, and where in the query it happened. */
export function internalError(errorId: string, at?: Pick<GraphQLError, 'path' | 'nodes'>): GraphQLError {
  return new GraphQLError(`Something went wrong on the server. The operator finds it in the log as ${errorId}.`, {
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
    ...(at && { path: at.path, nodes: at.nodes }),
  });
}

/** graphql's words where a value does not fit its type: what they say of the type stays, what was sent is not sent back. */
const ECHOES: readonly (readonly [echo: RegExp, instead: string])[] = [
  [/(cannot represent [\w -]{0,40}value): [^]*$/, '$1.'],
  [/Value "[^]*" does not exist in ("\w+" enum)/, 'That value does not exist in $1'],
  [/^(Argument "\w+" has )invalid value [^]*$/, '$1an invalid value.'],
  [/unknown field "(?!\w{1,64}")[^]*"/, 'an unknown field'],
  [/^(Syntax Error: [^]*?\b(?:Name|String|BlockString|Int|Float)) "[^]*$/, '$1.'],
  [/^(?!Syntax Error)([^]*?),? found:? [^]*$/i, '$1.'],
];

function withoutValue({ message, originalError }: GraphQLError): string {
  const strip = (text: string): string => ECHOES.reduce((told, [echo, instead]) => told.replace(echo, instead), text);
  // Of a variable: `Variable "$n" got invalid value … at "n.a"; ` and then the words of the error it was made of.
  const [, variable] = /^(Variable "\$\w+") got invalid value /.exec(message) ?? [];
  const detail = originalError?.message ?? '';
  if (variable === undefined || !message.endsWith(`; ${detail}`)) return strip(message);
  const [place = ''] = / at "[\w.[\]]+"$/.exec(message.slice(0, -detail.length - 2)) ?? [];
  return `${variable} got an invalid value${place}; ${strip(detail)}`;
}

/** What an enum has instead, since the value that was wrong is not told. */
function withValues(message: string, schema: GraphQLSchema | undefined): string {
  const [, one, other] = /"(\w+)" enum\b|\bEnum "(\w+)" cannot/.exec(message) ?? [];
  const type = schema?.getType(one ?? other ?? '');
  if (!isEnumType(type)) return message;
  const names = type.getValues().map(({ name }) => name);
  return `${message.replace(/\.?$/, '.')} It is one of ${names.join(', ')}.`;
}

/** Of a message's beginning and of its end: what was sent may still stand between them, however long. */
const KEPT_LENGTH = 150;

/**
 * The same error with a code, without the value that did not fit, and with a message of bounded length. `schema`: where the query could
 * be read, as its types may be named.
 */
export function forCallers(error: GraphQLError, schema?: GraphQLSchema): GraphQLError {
  const { message, nodes, source, positions, path, extensions } = error;
  const plain = withValues(withoutValue(error), schema);
  const isLong = plain.length > 2 * KEPT_LENGTH;
  if (!isLong && plain === message && extensions['code'] !== undefined) return error;
  const told = isLong ? `${plain.slice(0, KEPT_LENGTH)} … ${plain.slice(-KEPT_LENGTH)}`.toWellFormed() : plain;
  return new GraphQLError(told, { nodes, source, positions, path, extensions: { code: 'BAD_USER_INPUT', ...extensions } });
}
