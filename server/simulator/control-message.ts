import type { MarketType } from '../src/ticks/tick.ts';
import { isStreamName } from './stream-name.ts';

export type RequestId = number | string | null;

/** A control message of a websocket client, understood. */
export type ControlRequest =
  | { readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE'; readonly id: RequestId; readonly streams: readonly string[] }
  | { readonly method: 'LIST_SUBSCRIPTIONS' | 'GET_PROPERTY'; readonly id: RequestId }
  | { readonly method: 'SET_PROPERTY'; readonly id: RequestId; readonly combined: boolean };

/** Why a control message was not understood; codes and texts as Binance's table has them. */
export interface ControlError {
  readonly code: 0 | 1 | 2 | 3;
  readonly msg: string;
  readonly id?: RequestId;
}

const METHODS = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY'];

export function parseControlMessage(marketType: MarketType, text: string): { request: ControlRequest } | { error: ControlError } {
  const end = `at line 1 column ${text.length}`;
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } };
  }
  const invalid = (what: string, id?: RequestId) => ({
    error: { code: 2 as const, msg: `Invalid request: ${what}`, ...(id === undefined ? {} : { id }) },
  });
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    return invalid(`invalid type, expected struct Request ${end}`);

  const { method, params, id = null } = message as { method?: ControlRequest['method']; params?: unknown; id?: unknown };
  if (!isRequestId(marketType, id)) return invalid('request ID must be an unsigned integer');
  if (method === undefined) return invalid(`missing field \`method\` ${end}`, id);
  switch (method) {
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE':
      if (!Array.isArray(params) || !params.every((param) => typeof param === 'string'))
        return invalid(`invalid type, expected a sequence of strings ${end}`, id);
      if (!params.every((stream) => isStreamName(marketType, stream))) return invalid('invalid stream', id);
      return { request: { method, id, streams: params } };
    case 'LIST_SUBSCRIPTIONS':
      if (Array.isArray(params) && params.length > 0) return invalid('too many parameters', id);
      return { request: { method, id } };
    case 'SET_PROPERTY':
    case 'GET_PROPERTY': {
      const [name, value, ...rest] = Array.isArray(params) ? (params as unknown[]) : [];
      if (typeof name !== 'string') return invalid('property name must be a string', id);
      if (name !== 'combined') return { error: { code: 0, msg: 'Unknown property', id } };
      if (rest.length > 0 || (method === 'GET_PROPERTY' && value !== undefined)) return invalid('too many parameters', id);
      if (method === 'GET_PROPERTY') return { request: { method, id } };
      if (typeof value !== 'boolean') return { error: { code: 1, msg: 'Invalid value type: expected Boolean', id } };
      return { request: { method, id, combined: value } };
    }
    default:
      return invalid(
        `unknown variant \`${String(method)}\`, expected one of ${METHODS.map((name) => `\`${name}\``).join(', ')} ${end}`,
        id,
      );
  }
}

/** Spot takes any integer, an alphanumeric string or null; futures is undocumented, so the stand-in takes there what is surely right. */
function isRequestId(marketType: MarketType, id: unknown): id is RequestId {
  if (marketType === 'FUTURES') return Number.isInteger(id) && (id as number) >= 0;
  return id === null || Number.isInteger(id) || (typeof id === 'string' && /^[A-Za-z0-9_-]{1,36}$/.test(id));
}
