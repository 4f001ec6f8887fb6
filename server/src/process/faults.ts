import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLError } from 'graphql';
import { API_ERRORS } from '../graphql/api-errors.ts';
import type { ApiErrorCode } from '../graphql/api-errors.ts';
import { answerRefused } from '../graphql/front-door.ts';

export const IS_A_WORKER = 'This process is a worker: ask one whose ROLE is api.';

/** Answers a request outside GraphQL that failed, as the API would; in plain words where a person asked, with a browser. */
export function answerFault(request: IncomingMessage, response: ServerResponse, fault: GraphQLError): void {
  response.setHeader('cache-control', 'no-store');
  if (!request.headers.accept?.includes('text/html')) return answerRefused(response, fault, {});
  const { status } = API_ERRORS[fault.extensions['code'] as ApiErrorCode];
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${fault.message}\n`);
}

/** Answers an upgrade that comes to nothing. */
export function refuseUpgrade(socket: Duplex, refused: GraphQLError): void {
  const { code, retryAfterSeconds } = refused.extensions as { code: ApiErrorCode; retryAfterSeconds?: number };
  const body = JSON.stringify({ errors: [{ message: refused.message, extensions: { code, retryAfterSeconds } }] });
  const head = [
    `HTTP/1.1 ${API_ERRORS[code].status} ${code}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(retryAfterSeconds === undefined ? [] : [`retry-after: ${retryAfterSeconds}`]),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
