import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { API_ERRORS, apiError } from './api-errors.ts';
import type { ApiErrorCode } from './api-errors.ts';
import { holdsToken, tokenNotInHeader } from './variable-limits.ts';

const JSON_TYPES = new Set(['application/json', 'application/graphql+json', 'application/graphql-response+json']);
const TOKEN_PARAMETER = /[?&](token|access_token|api_key|apikey|authorization|bearer)=/i;

/** What can be said against a request before its body is read. */
export function refusalAtTheDoor(request: IncomingMessage, maxBodyBytes: number): GraphQLError | undefined {
  const { headers, method, url = '' } = request;
  if (TOKEN_PARAMETER.test(url) || holdsToken(url)) return tokenNotInHeader('address');
  if (method !== 'POST') return parameterFault(url);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    return apiError('UNSUPPORTED_MEDIA_TYPE', 'Send the body without compression: no Content-Encoding is taken.');
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === undefined || !JSON_TYPES.has(type))
    return apiError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send a JSON object such as {"query": "…", "variables": {}} with Content-Type: application/json.',
    );
  if (saidLength(request) > maxBodyBytes) return tooLarge(maxBodyBytes);
  return undefined;
}

/** Whether a request is answered by a stream where it subscribes: nothing else may subscribe by HTTP. */
export function isEventStream(request: IncomingMessage): boolean {
  return request.headers.accept?.toLowerCase().includes('text/event-stream') ?? false;
}

/** The parameters of a GET that are JSON. */
function parameterFault(url: string): GraphQLError | undefined {
  const parameters = new URLSearchParams(url.split('?', 2)[1]);
  for (const name of ['variables', 'extensions']) {
    const text = parameters.get(name);
    if (text && !isJsonObject(text)) return apiError('BAD_REQUEST', `The parameter "${name}" is not a JSON object.`);
  }
  return undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** What a request says of its body's length; 0 where it says nothing. */
export function saidLength({ headers }: IncomingMessage): number {
  return Number.parseInt(headers['content-length'] ?? '0', 10);
}

/**
 * Reads a body, whatever it says of its length, and leaves it where yoga finds it; an error where it is too large. One that breaks off
 * leaves the request destroyed.
 */
export async function readBody(request: IncomingMessage, maxBodyBytes: number): Promise<GraphQLError | undefined> {
  if (request.method !== 'POST') return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > maxBodyBytes) return tooLarge(maxBodyBytes);
      chunks.push(chunk as Buffer);
    }
  } catch {
    return undefined;
  }
  (request as { body?: string }).body = Buffer.concat(chunks).toString();
  return undefined;
}

function tooLarge(maxBodyBytes: number): GraphQLError {
  return apiError('REQUEST_ENTITY_TOO_LARGE', `The body is too large: at most ${maxBodyBytes} bytes are allowed.`);
}

/** Answers a request that is refused as the API answers those it looks into. */
export function answerRefused(response: ServerResponse, refused: GraphQLError, rateLimit: Readonly<Record<string, string>>): void {
  const { http, ...extensions } = refused.extensions as { code: ApiErrorCode; http?: { headers?: Record<string, string> } };
  response.writeHead(API_ERRORS[extensions.code].status, {
    'content-type': 'application/json; charset=utf-8',
    'access-control-allow-origin': '*',
    ...http?.headers,
    ...rateLimit,
  });
  response.end(JSON.stringify({ errors: [{ message: refused.message, extensions }] }));
}
